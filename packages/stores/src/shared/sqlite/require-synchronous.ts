import { LatchhookError } from "@latchhook/core";
import { hasMethods } from "../has-methods.ts";
import type { SqliteDatabase } from "./driver.ts";

/**
 * Refuses what is no synchronous connection, by having it prepare a query and run it. Asynchronous clients answer with
 * promises, or with nothing yet.
 *
 * @throws LatchhookError `invalid-option`, saying what to pass.
 */
export function requireSynchronous(store: string, database: SqliteDatabase): void {
  if (typeof database === "object" && database !== null && "$client" in database) {
    throw unfit(store, "it is a Drizzle database: pass its client, `db.$client`");
  }
  if (
    !hasMethods(database, "exec", "prepare", "close") ||
    hasMethods(database, "parallelize") ||
    !answers(database)
  ) {
    throw unfit(
      store,
      "it is not a synchronous SQLite connection. Pass one of node:sqlite, libsql, better-sqlite3 or bun:sqlite, or the path of the file; @libsql/client, sqlite3 and the like are asynchronous, and cannot hold a transaction here",
    );
  }
}

function answers(database: SqliteDatabase): boolean {
  let statement: unknown;
  let rows: unknown;
  try {
    statement = database.prepare("SELECT 1 AS one");
    if (!hasMethods(statement, "all", "run")) return false;
    rows = (statement as ReturnType<SqliteDatabase["prepare"]>).all();
  } catch {
    // It is closed, or busy: the first operation tells.
    return true;
  } finally {
    for (const value of [statement, rows]) if (value instanceof Promise) value.catch(() => {});
  }
  return Array.isArray(rows);
}

function unfit(store: string, why: string): LatchhookError {
  return new LatchhookError("invalid-option", `${store}: database cannot be used: ${why}.`);
}
