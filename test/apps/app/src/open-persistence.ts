import type { SqliteDatabase } from "@latchhook/stores/sqlite";
import type { PostgresUrl, SqliteUrl } from "./database-url.ts";
import type { EventsTable } from "./events-table.ts";
import type { Faults } from "./faults/open-faults.ts";
import { openPostgres } from "./open-postgres.ts";
import { openSqlite } from "./open-sqlite.ts";
import { openPostgresStore, openSqliteStore, openStore } from "./open-store.ts";
import { type OpenStore, type Persistence, separatePersistence, sharedPersistence } from "./persistence.ts";
import { type PostgresQueries, postgresEvents } from "./postgres-events.ts";
import type { Settings } from "./settings.ts";
import { sqliteEvents } from "./sqlite-events.ts";

/** Opens what the settings name, and creates the tables where they are missing. */
export async function openPersistence(settings: Settings, faults: Faults): Promise<Persistence> {
  const { store, database, shared } = settings;
  if (shared && store.kind === "sqlite") {
    const opened = await openSqliteStore(store);
    // The table uses the store's own connection, which the store closes.
    const events = await sqliteEvents(await opened.store.database(), () => {});
    return sharedPersistence(withFaults(opened, faults), faults.events(events));
  }
  if (shared && store.kind === "postgres") {
    const opened = await openPostgresStore(store, faults.connected);
    return sharedPersistence(withFaults(opened, faults), faults.events(await openPostgresEvents(store)));
  }
  const opened = await openStore(store, settings.faults.redisPrefix);
  return separatePersistence(withFaults(opened, faults), faults.events(await openEvents(database)));
}

function withFaults<Transaction>(
  { store, close }: OpenStore<Transaction>,
  faults: Faults,
): OpenStore<Transaction> {
  return { store: faults.store(store), close };
}

function openEvents(location: SqliteUrl | PostgresUrl): Promise<EventsTable<never>> {
  return location.kind === "sqlite" ? openSqliteEvents(location) : openPostgresEvents(location);
}

async function openSqliteEvents({ path }: SqliteUrl): Promise<EventsTable<SqliteDatabase>> {
  const database = await openSqlite(path);
  return sqliteEvents(database, () => database.close());
}

async function openPostgresEvents({ url }: PostgresUrl): Promise<EventsTable<PostgresQueries>> {
  return postgresEvents(await openPostgres(url));
}
