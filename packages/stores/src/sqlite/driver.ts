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

interface Candidate {
  readonly specifier: string;
  /** Which export of the module is the connection's class. */
  readonly exportName: string;
}

const candidates: readonly Candidate[] = [
  ...("bun" in process.versions ? [{ specifier: "bun:sqlite", exportName: "Database" }] : []),
  { specifier: "node:sqlite", exportName: "DatabaseSync" },
  { specifier: "libsql", exportName: "default" },
];

/**
 * Finds a driver: the runtime's own, else libsql.
 *
 * @throws LatchhookError `store-misconfigured`, saying what to install.
 */
export async function loadDriver(): Promise<SqliteDriver<SqliteDatabase>> {
  const causes: unknown[] = [];
  for (const { specifier, exportName } of candidates) {
    try {
      // The specifier is a variable and marked, so that no bundler looks for a module that this runtime has not got.
      const module: Record<string, unknown> = await import(
        /* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ specifier
      );
      const Database = module[exportName] as new (path: string) => SqliteDatabase;
      return (path) => new Database(path);
    } catch (error) {
      causes.push(error);
    }
  }
  throw new LatchhookError(
    "store-misconfigured",
    "sqliteStore found no SQLite driver. Use Node.js 22.13 or later, or install libsql (npm install libsql), or pass { driver } or { database }.",
    { cause: new AggregateError(causes, "No SQLite driver could be loaded.") },
  );
}
