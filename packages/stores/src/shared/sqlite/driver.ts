import { LatchhookError } from "@latchhook/core";

/** What SQL takes and gives in this store. */
export type SqliteValue = string | number | bigint | null | Uint8Array;

/** The subset of a prepared statement that the store needs. */
export interface SqliteStatement {
  /** Runs it with positional parameters and returns all rows, as objects by column name. */
  all(...parameters: SqliteValue[]): unknown[];
  /** Runs it with positional parameters. */
  run(...parameters: SqliteValue[]): { readonly changes: number | bigint };
}

/**
 * The subset of a synchronous SQLite connection that the store needs: node:sqlite, libsql, better-sqlite3 and
 * bun:sqlite have it.
 */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

/** Opens a file: `(path) => new Database(path)`. */
export type SqliteDriver<Database extends SqliteDatabase> = (path: string) => Database;

interface BuiltIn {
  readonly specifier: string;
  /** Which export of the module is the connection's class. */
  readonly exportName: string;
}

const builtIns: readonly BuiltIn[] = [
  { specifier: "bun:sqlite", exportName: "Database" },
  { specifier: "node:sqlite", exportName: "DatabaseSync" },
];

/**
 * Finds a driver: the runtime's own, else libsql.
 *
 * @param store for messages: `"sqliteStore"`.
 * @throws LatchhookError `store-misconfigured`, saying what to install.
 */
export async function loadDriver(store: string): Promise<SqliteDriver<SqliteDatabase>> {
  for (const { specifier, exportName } of builtIns) {
    // Not by import(): bundlers would look for a module that this runtime may not have.
    const module = process.getBuiltinModule(specifier) as Record<string, unknown> | undefined;
    const Database = module?.[exportName] as (new (path: string) => SqliteDatabase) | undefined;
    if (Database !== undefined) return (path) => new Database(path);
  }
  try {
    // A literal, so that what copies only what is used (Next.js' standalone output, serverless functions) finds it.
    // In a try block, bundlers let it be absent.
    const { default: Database } = await import("libsql");
    return (path) => new Database(path);
  } catch (cause) {
    throw noDriver(store, cause);
  }
}

function noDriver(store: string, cause: unknown): LatchhookError {
  return new LatchhookError(
    "store-misconfigured",
    `${store} found no SQLite driver. Use Node.js 22.13 or later, or install libsql (npm install libsql), or pass { driver } or { database }.`,
    { cause },
  );
}
