import type { SqliteDatabase } from "@latchhook/stores/sqlite";
import type { PostgresUrl, SqliteUrl } from "./database-url.ts";
import type { EventsTable } from "./events-table.ts";
import { openPostgres } from "./open-postgres.ts";
import { openSqlite } from "./open-sqlite.ts";
import { openPostgresStore, openSqliteStore, openStore } from "./open-store.ts";
import { type Persistence, separatePersistence, sharedPersistence } from "./persistence.ts";
import { type PostgresQueries, postgresEvents } from "./postgres-events.ts";
import type { Settings } from "./settings.ts";
import { sqliteEvents } from "./sqlite-events.ts";

/** Opens what the settings name, and creates the tables where they are missing. */
export async function openPersistence({ store, database, shared }: Settings): Promise<Persistence> {
  if (shared && store.kind === "sqlite") {
    const opened = await openSqliteStore(store);
    // The table uses the store's own connection, which the store closes.
    return sharedPersistence(opened, await sqliteEvents(await opened.store.database(), () => {}));
  }
  if (shared && store.kind === "postgres") {
    return sharedPersistence(await openPostgresStore(store), await openPostgresEvents(store));
  }
  return separatePersistence(await openStore(store), await openEvents(database));
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
