import { type Connection, createConnection } from "../shared/sqlite/connection.ts";
import type { SqliteDatabase, SqliteDriver } from "../shared/sqlite/driver.ts";
import { toOpenError } from "../shared/sqlite/errors.ts";
import { type OpenedFile, openFile } from "../shared/sqlite/open-file.ts";
import { retryWhileBusy } from "../shared/sqlite/retry.ts";
import { migrate } from "../shared/sqlite/schema.ts";
import { deliveriesSchema, type Tables } from "./schema.ts";

/** The connections of an opened store. */
export interface OpenedStore<Database extends SqliteDatabase> {
  /** The one that `commit` hands out. */
  readonly database: Database;
  /** That one, for what must be durable before it is answered: `complete` and `commit`. */
  readonly durable: Connection;
  /** For leases, which a power cut may forget: claims, extensions, failures and purges. */
  readonly leases: Connection;
  /** For reading the inbox: nothing is written on it. Opened when it is first asked for. */
  reader(): Promise<Connection>;
  close(): void;
}

/**
 * Opens a file on two connections. On the durable one every commit is flushed to the disk (`synchronous=FULL`). On
 * the other it is not (`NORMAL`): in WAL mode that cannot damage the file, survives the death of the process, and is
 * lost at most with the power. A lost claim means that the delivery is run again, as it would be anyway.
 */
export async function openStore<Database extends SqliteDatabase>(
  path: string,
  driver: SqliteDriver<Database> | undefined,
  tables: Tables,
): Promise<OpenedStore<Database>> {
  const file = await openFile({ store: "sqliteStore", path, driver });
  try {
    const database = await file.connect("FULL");
    const durable = createConnection(database);
    await retryWhileBusy(() => migrate(database, durable, deliveriesSchema(tables)), file.toError);
    const leases = createConnection(await file.connect("NORMAL"));
    return { database, durable, leases, reader: lazyReader(file), close: file.close };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** A connection more: in WAL mode, what reads does not stand in the way of what writes. */
function lazyReader<Database extends SqliteDatabase>(file: OpenedFile<Database>): () => Promise<Connection> {
  let opening: Promise<Connection> | undefined;

  async function open(): Promise<Connection> {
    try {
      const database = await file.connect("NORMAL");
      database.exec("PRAGMA query_only = ON");
      return createConnection(database);
    } catch (error) {
      opening = undefined;
      throw error;
    }
  }

  return () => {
    opening ??= open();
    return opening;
  };
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
    migrate(database, connection, deliveriesSchema(tables));
  };
  await retryWhileBusy(prepare, (error) => toOpenError(error, "sqliteStore", "the database"));
  return {
    database,
    durable: connection,
    leases: connection,
    reader: async () => connection,
    close: () => {},
  };
}
