import type { SqliteDatabase } from "@latchhook/stores/sqlite";
import { type EventRow, eventColumns, fromStoredEvent, type StoredEvent, toColumns } from "./event-row.ts";
import type { EventsTable } from "./events-table.ts";
import { retryWhileBusy } from "./open-sqlite.ts";

const create = `
  CREATE TABLE IF NOT EXISTS app_events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    provider TEXT NOT NULL,
    event_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    job_id TEXT,
    job_status TEXT,
    delivery_key TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    persisted_at TEXT NOT NULL,
    process INTEGER NOT NULL,
    written_at REAL NOT NULL
  )`;

const insert = `INSERT INTO app_events (${eventColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const select = `SELECT ${eventColumns} FROM app_events ORDER BY sequence`;

/** The events table in SQLite, created where it is missing. `close` releases the connection, where it is the app's. */
export async function sqliteEvents(
  database: SqliteDatabase,
  close: () => unknown,
): Promise<EventsTable<SqliteDatabase>> {
  await retryWhileBusy(() => write(database, () => database.exec(create)));
  return {
    async insert(row) {
      write(database, () => insertRow(database, row));
    },
    insertWithin: insertRow,
    async list() {
      return (database.prepare(select).all() as StoredEvent[]).map(fromStoredEvent);
    },
    async close() {
      close();
    },
  };
}

/** Waits for the write lock at BEGIN: libsql 0.5 does not recover from SQLITE_BUSY in a prepared statement. */
function write(database: SqliteDatabase, work: () => unknown): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

function insertRow(database: SqliteDatabase, row: EventRow): void {
  database.prepare(insert).run(...toColumns(row));
}
