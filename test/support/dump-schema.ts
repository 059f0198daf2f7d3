import type { SqliteDatabase } from "@latchhook/stores/sqlite";
import pg from "pg";

/**
 * The tables, columns, constraints, indexes and functions of a PostgreSQL database's schema `public`, and what its
 * tables of migrations say, as a text that is the same wherever they are the same.
 */
export async function dumpPostgres(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const parts = [
      await lines(
        client,
        `SELECT format('table %s: %s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
            coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')) AS line
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
          WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
          ORDER BY c.relname COLLATE "C", a.attnum`,
      ),
      await lines(
        client,
        `SELECT format('options %s: %s', relname, reloptions) AS line FROM pg_class
          WHERE relnamespace = 'public'::regnamespace AND reloptions IS NOT NULL ORDER BY relname COLLATE "C"`,
      ),
      await lines(
        client,
        `SELECT format('constraint %s: %s', conrelid::regclass, pg_get_constraintdef(oid)) AS line
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
          ORDER BY conrelid::regclass::text COLLATE "C", pg_get_constraintdef(oid) COLLATE "C"`,
      ),
      await lines(
        client,
        `SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname COLLATE "C"`,
      ),
      await lines(
        client,
        `SELECT pg_get_functiondef(oid) AS line FROM pg_proc
          WHERE pronamespace = 'public'::regnamespace ORDER BY proname COLLATE "C", oid`,
      ),
    ];
    return `${parts.flat().join("\n")}\n${await versions(client)}`;
  } finally {
    await client.end();
  }
}

async function lines(client: pg.Client, query: string): Promise<string[]> {
  return (await client.query<{ line: string }>(query)).rows.map(({ line }) => line);
}

async function versions(client: pg.Client): Promise<string> {
  const tables = await lines(
    client,
    `SELECT relname AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname LIKE '%_migrations'`,
  );
  const rows = tables.map((table) =>
    lines(
      client,
      `SELECT '${table}: ' || ((to_jsonb(step) - 'applied_at')::text) AS line FROM ${table} AS step ORDER BY version`,
    ),
  );
  return `${(await Promise.all(rows)).flat().join("\n")}\n`;
}

/** The same for an SQLite database, whose tables named `…_meta` hold the version. */
export function dumpSqlite(database: SqliteDatabase): string {
  const objects = database
    .prepare("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    .all() as { readonly name: string; readonly sql: string }[];
  const definitions = objects.map(({ sql }) => `${sql.replace(/\s+/g, " ")};`);
  const meta = objects
    .filter(({ name }) => name.endsWith("_meta"))
    .map(({ name }) => `${name}: ${JSON.stringify(database.prepare(`SELECT * FROM ${name}`).all())}`);
  return `${[...definitions, ...meta].join("\n")}\n`;
}
