import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { LatchhookError } from "@latchhook/core";
import { loadDriver, type SqliteDatabase, type SqliteDriver } from "./driver.ts";
import { toOpenError } from "./errors.ts";
import { requireSynchronous } from "./require-synchronous.ts";
import { blockingWaitMs, retryWhileBusy } from "./retry.ts";

export interface OpenFileOptions<Database extends SqliteDatabase> {
  /** The store, for messages: `"sqliteStore"`. */
  readonly store: string;
  /** The file; it and its folder are created when missing. */
  readonly path: string;
  /** How to open it. Default: what the runtime has. */
  readonly driver?: SqliteDriver<Database> | undefined;
}

/** How far a COMMIT goes before it answers: `FULL` to the disk, `NORMAL` to the operating system. */
export type Synchronous = "FULL" | "NORMAL";

/** Connections to one file. */
export interface OpenedFile<Database extends SqliteDatabase> {
  /** Opens one more connection. */
  connect(synchronous: Synchronous): Promise<Database>;
  /** The error for what a connection threw while the store was being opened. */
  toError(error: unknown): unknown;
  /** Closes all of them. */
  close(): void;
}

/**
 * Finds the driver and makes the folder. The connections are in WAL mode, and wait for a lock no longer than the
 * process may be blocked.
 *
 * @throws LatchhookError `store-misconfigured` when there is no driver, or the file is damaged or not on a local disk;
 * `store-unavailable` when it cannot be opened now.
 */
export async function openFile<Database extends SqliteDatabase>({
  store,
  path,
  driver,
}: OpenFileOptions<Database>): Promise<OpenedFile<Database>> {
  const toError = (error: unknown): unknown => toOpenError(error, store, path);
  const opened: Database[] = [];
  // Without a driver given, Database is the default: the subset that every driver has.
  const open = driver ?? ((await loadDriver(store)) as SqliteDriver<Database>);
  await mkdir(dirname(path), { recursive: true }).catch((error) => Promise.reject(toError(error)));
  return {
    async connect(synchronous) {
      try {
        const database = open(path);
        requireSynchronous(store, database);
        opened.push(database);
        await retryWhileBusy(() => configure(store, database, synchronous), toError);
        return database;
      } catch (error) {
        throw toError(error);
      }
    },
    toError,
    close() {
      for (const database of opened.splice(0)) database.close();
    },
  };
}

function configure(store: string, database: SqliteDatabase, synchronous: Synchronous): void {
  database.exec(`PRAGMA busy_timeout = ${blockingWaitMs}`);
  const [mode] = database.prepare("PRAGMA journal_mode = WAL").all();
  if (Object.values(mode as Record<string, unknown>)[0] !== "wal") {
    throw new LatchhookError(
      "store-misconfigured",
      `${store}: the file cannot be used in WAL mode. It must be on a local disk, and not in memory: for tests, use memoryStore.`,
    );
  }
  database.exec(`PRAGMA synchronous = ${synchronous}`);
  // On macOS a plain fsync leaves the data in the drive's cache. Elsewhere this does nothing.
  database.exec("PRAGMA fullfsync = ON");
}
