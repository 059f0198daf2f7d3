import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SqliteDatabase, SqliteDriver } from "@latchhook/stores/sqlite";

/** A row must survive a power cut once its delivery is acknowledged: hence FULL, as WAL alone does not flush. */
const settings = "PRAGMA busy_timeout = 1000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";

/** Loads the driver. It is prebuilt, and works on every Node.js that latchhook supports. */
export async function loadSqlite(): Promise<SqliteDriver<SqliteDatabase>> {
  const { default: Database } = await import("libsql");
  return (path) => new Database(path);
}

/** Opens a file for the app's own table, and creates it and its folder where they are missing. */
export async function openSqlite(path: string): Promise<SqliteDatabase> {
  mkdirSync(dirname(path), { recursive: true });
  const open = await loadSqlite();
  return retryWhileBusy(() => {
    const database = open(path);
    try {
      database.exec(settings);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

const tries = 100;
const pauseMs = 50;

/**
 * Repeats what met another process that is setting up the same file: a change of the journal mode does not wait for a
 * lock, whatever the busy timeout.
 */
export async function retryWhileBusy<Result>(work: () => Result): Promise<Result> {
  for (let left = tries; ; left -= 1) {
    try {
      return work();
    } catch (error) {
      if (left === 0 || !isBusy(error)) throw error;
      await sleep(pauseMs);
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY");
}
