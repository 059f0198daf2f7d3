import { Pool } from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  createDatabase,
  describeWithServer,
  findPostgres,
  runOnServer,
  type TestDatabase,
} from "../../../../test/support/servers.ts";
import { type PostgresStore, postgresStore, printMigrations } from "../../src/postgres.ts";
import { hold, rejectionOf, retain, stateOf } from "./faulty-database.ts";

describeWithServer("postgresStore looks after its tables", await findPostgres(), (serverUrl) => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await createDatabase(serverUrl);
    pool = new Pool({ connectionString: database.url, max: 10 });
    // Dropping the database ends connections that are still being closed.
    pool.on("error", () => {});
  });

  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it("missing tables are an error that says what to run, until they are there", async () => {
    const store = postgresStore({ client: pool, tablePrefix: "missing_" });
    for (const operation of [() => store.check(), () => hold(store), () => store.purge(1)]) {
      const error = await rejectionOf(operation);
      expect(error).toMatchObject({ code: "store-misconfigured" });
      expect(String(error)).toContain("await store.migrate()");
      expect(String(error)).toContain("printMigrations()");
    }
    await store.migrate();
    await store.check();
    expect(await store.complete(await hold(store), retain)).toBe("ok");
  });

  it("old tables are an error that names both versions", async () => {
    const store = postgresStore({ client: pool, tablePrefix: "old_" });
    await store.migrate();
    await pool.query("DELETE FROM old_migrations WHERE version > 1");
    await pool.query("UPDATE old_migrations SET version = -1");
    const error = await rejectionOf(() => postgresStore({ client: pool, tablePrefix: "old_" }).check());
    expect(error).toMatchObject({ code: "store-misconfigured" });
    expect(String(error)).toMatch(/version -1.*needs 3/);
  });

  it("newer tables are accepted: old code runs beside them during a deployment", async () => {
    const store = postgresStore({ client: pool, tablePrefix: "newer_" });
    await store.migrate();
    await pool.query("INSERT INTO newer_migrations (version) VALUES (999)");
    await postgresStore({ client: pool, tablePrefix: "newer_" }).check();
  });

  it("tables that vanish under a running store are named as such", async () => {
    const store = postgresStore({ client: pool, tablePrefix: "gone_" });
    await store.migrate();
    const held = await hold(store);
    await pool.query("DROP TABLE gone_deliveries");
    expect(await rejectionOf(() => store.complete(held, retain))).toMatchObject({
      code: "store-misconfigured",
      cause: { code: "42P01" },
    });
  });

  it("migrates once, however many processes start at once", async () => {
    const stores = Array.from({ length: 8 }, () =>
      postgresStore({ client: pool, schema: "started_together" }),
    );
    await Promise.all(stores.map((store) => store.migrate()));
    await Promise.all(stores.map((store) => store.migrate()));
    const { rows } = await pool.query("SELECT version FROM started_together.latchhook_migrations");
    expect(rows).toEqual([{ version: 1 }, { version: 2 }, { version: 3 }]);
  });

  it("the printed SQL makes the same tables, in a schema and with a prefix", async () => {
    const names = { schema: "printed", tablePrefix: "hooks_" };
    await runOnServer(database.url, printMigrations(names));
    const store = postgresStore({ client: pool, ...names });
    await store.check();
    const held = await hold(store);
    expect(await stateOf(store, held.key)).toBe("in-flight");
    await store.migrate();
    const { rows } = await pool.query("SELECT version FROM printed.hooks_migrations");
    expect(rows).toEqual([{ version: 1 }, { version: 2 }, { version: 3 }]);
    expect(printMigrations({ ...names, after: 3 })).toBe("BEGIN;\n\nCOMMIT;\n");
  });

  it("tables of an earlier version are upgraded, and keep what they hold", async () => {
    const names = { schema: "upgraded" };
    const store = postgresStore({ client: pool, ...names });
    await store.migrate();
    const held = await hold(store);
    await pool.query("DROP TABLE upgraded.latchhook_inbox, upgraded.latchhook_inbox_attempts");
    await pool.query("DROP TABLE upgraded.latchhook_inbox_counts");
    const later = "claim_many complete_many complete_3 complete_many_3 fail_3 reopen inbox_write inbox_note";
    for (const name of `${later} inbox_keep_attempt`.split(" ")) {
      await pool.query(`DROP FUNCTION upgraded.latchhook_${name}`);
    }
    await pool.query("DELETE FROM upgraded.latchhook_migrations WHERE version > 1");
    await runOnServer(database.url, printMigrations({ ...names, after: 1 }));
    const upgraded = postgresStore({ client: pool, ...names });
    await upgraded.check();
    expect(await upgraded.complete(held, retain)).toBe("ok");
    expect(await Promise.all([hold(upgraded), hold(upgraded)])).toHaveLength(2);
  });

  it("stores with different names do not see each other's deliveries", async () => {
    const [first, second] = ["one_", "two_"].map((tablePrefix) =>
      postgresStore({ client: pool, tablePrefix }),
    );
    if (first === undefined || second === undefined) throw new Error("There are two.");
    await Promise.all([first.migrate(), second.migrate()]);
    const held = await hold(first);
    expect(await stateOf(second, held.key)).toBe("claimed");
  });

  it("a role without rights is told which it needs", async () => {
    const role = `reader_${database.name}`;
    await postgresStore({ client: pool, tablePrefix: "guarded_" }).migrate();
    await pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'reader'`);
    const url = new URL(database.url);
    url.username = role;
    url.password = "reader";
    const limited = new Pool({ connectionString: url.href, max: 1 });
    try {
      const store = postgresStore({ client: limited, tablePrefix: "guarded_" });
      const error = await rejectionOf(() => store.check());
      expect(error).toMatchObject({ code: "store-misconfigured", cause: { code: "42501" } });
      expect(String(error)).toContain("Grant it");
      await pool.query(`GRANT SELECT ON guarded_migrations TO ${role};
        GRANT SELECT, INSERT, UPDATE, DELETE ON guarded_deliveries TO ${role}`);
      const held = await hold(store);
      await store.extend(held, 1_000);
      expect(await store.commit(held, retain, () => {})).toBe("ok");
      await store.purge(10);
    } finally {
      await limited.end();
      await pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  it("refuses names that are not plain identifiers", () => {
    for (const names of [
      { schema: 'public"; DROP TABLE x; --' },
      { schema: "" },
      { tablePrefix: "with space" },
      { tablePrefix: "x".repeat(41) },
      { tablePrefix: 5 as unknown as string },
    ]) {
      expect(() => postgresStore({ client: pool, ...names })).toThrow(/must be a plain SQL name/);
      expect(() => printMigrations(names)).toThrow(/must be a plain SQL name/);
    }
  });

  it("works without prepared statements, as behind a pooler", async () => {
    const sql = postgres(database.url, { max: 2, prepare: false });
    try {
      const stores = [
        postgresStore({ client: pool, prepare: false }),
        postgresStore({ client: sql, prepare: false }),
        postgresStore({ client: sql }),
      ] as unknown as PostgresStore<never>[];
      for (const store of stores) {
        await store.migrate();
        expect(await store.commit(await hold(store), retain, () => {})).toBe("ok");
      }
      const { rows } = await sql`SELECT count(*)::int AS count FROM pg_prepared_statements`.then((rows) => ({
        rows,
      }));
      expect(rows[0]).toEqual({ count: 0 });
    } finally {
      await sql.end();
    }
  });

  it("refuses what is no client, a single connection of pg included", async () => {
    const connection = await pool.connect();
    for (const client of [connection, {}, null, undefined, "postgres://localhost"]) {
      expect(() => postgresStore({ client: client as unknown as Pool })).toThrow(
        /client must be a Pool of pg/,
      );
    }
    connection.release();
  });

  it("keeps the key's index small: bytes, not hex", async () => {
    const store = postgresStore({ client: pool, tablePrefix: "bytes_" });
    await store.migrate();
    const held = await hold(store);
    const { rows } = await pool.query(
      "SELECT encode(key, 'hex') AS key, octet_length(key) AS length FROM bytes_deliveries",
    );
    expect(rows).toEqual([{ key: held.key, length: 32 }]);
  });
});
