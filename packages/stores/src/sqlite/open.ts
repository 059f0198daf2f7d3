import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { LatchhookError } from "@latchhook/core";
import { type Connection, createConnection } from "./connection.ts";
import { loadDriver, type SqliteDatabase, type SqliteDriver } from "./driver.ts";
import { toOpenError } from "./errors.ts";
import { blockingWaitMs, retryWhileBusy } from "./retry.ts";
import { migrate, type Tables } from "./schema.ts";

/** The connections of an opened store. */
export interface OpenedStore<Database extends SqliteDatabase> {
  /** The one that `commit` hands out. */
  readonly database: Database;
  /** That one, for what must be durable before it is answered: `complete` and `commit`. */
  readonly durable: Connection;
  /** For leases, which a power cut may forget: claims, extensions, failures and purges. */
  readonly leases: Connection;
  close(): void;
}

/**
 * Opens a file on two connections. On the durable one every commit is flushed to the disk (`synchronous=FULL`). On
 * the other it is not (`NORMAL`): in WAL mode that cannot damage the file, survives the death of the process, and is
 * lost at most with the power. A lost claim means that the delivery is run again, as it would be anyway.
 */
export async function openFile<Database extends SqliteDatabase>(
  path: string,
  driver: SqliteDriver<Database> | undefined,
  tables: Tables,
): Promise<OpenedStore<Database>> {
  const toError = (error: unknown): unknown => toOpenError(error, path);
  const opened: Database[] = [];
  const close = (): void => {
    for (const database of opened.splice(0)) database.close();
  };
  try {
    // Without a driver given, Database is the default: the subset that every driver has.
    const open = driver ?? ((await loadDriver()) as SqliteDriver<Database>);
    await mkdir(dirname(path), { recursive: true });
    const connect = async (synchronous: "FULL" | "NORMAL"): Promise<Database> => {
      const database = open(path);
      opened.push(database);
      await retryWhileBusy(() => configure(database, synchronous), toError);
      return database;
    };
    const database = await connect("FULL");
    const durable = createConnection(database);
    await retryWhileBusy(() => migrate(database, durable, tables), toError);
    const leases = createConnection(await connect("NORMAL"));
    return { database, durable, leases, close };
  } catch (error) {
    close();
    throw toError(error);
  }
}

/** Prepares the application's own connection, on which everything then runs. It is not closed. */
export async function adoptDatabase<Database extends SqliteDatabase>(
  database: Database,
  tables: Tables,
): Promise<OpenedStore<Database>> {
  const connection = createConnection(database);
  const prepare = (): void => {
    const synchronous = Number(Object.values(connection.read("PRAGMA synchronous")[0] ?? {})[0]);
    if (synchronous < 2) database.exec("PRAGMA synchronous = FULL");
    migrate(database, connection, tables);
  };
  await retryWhileBusy(prepare, (error) => toOpenError(error, "the database"));
  return { database, durable: connection, leases: connection, close: () => {} };
}

function configure(database: SqliteDatabase, synchronous: "FULL" | "NORMAL"): void {
  database.exec(`PRAGMA busy_timeout = ${blockingWaitMs}`);
  const [mode] = database.prepare("PRAGMA journal_mode = WAL").all();
  if (Object.values(mode as Record<string, unknown>)[0] !== "wal") {
    throw new LatchhookError(
      "store-misconfigured",
      "sqliteStore: the file cannot be used in WAL mode. It must be on a local disk, and not in memory: for tests, use memoryStore.",
    );
  }
  database.exec(`PRAGMA synchronous = ${synchronous}`);
  // On macOS a plain fsync leaves the data in the drive's cache. Elsewhere this does nothing.
  database.exec("PRAGMA fullfsync = ON");
}
