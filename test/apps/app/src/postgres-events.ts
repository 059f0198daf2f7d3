import type { Pool } from "pg";
import { eventColumns, fromStoredEvent, type StoredEvent, toColumns } from "./event-row.ts";
import type { EventsTable } from "./events-table.ts";

/** What runs a statement: a client in a transaction, or the pool. */
export interface PostgresQueries {
  query(text: string, values: unknown[]): Promise<unknown>;
}

/** Any number: processes that start at once create the table one after the other. */
const creationLock = 7_261_944;

const create = `
  SELECT pg_advisory_xact_lock(${creationLock});
  CREATE TABLE IF NOT EXISTS app_events (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider text NOT NULL,
    event_id text NOT NULL,
    event_type text NOT NULL,
    job_id text,
    job_status text,
    delivery_key text NOT NULL,
    attempt bigint NOT NULL,
    persisted_at text NOT NULL,
    process integer NOT NULL,
    written_at float8 NOT NULL
  )`;

const insert = `INSERT INTO app_events (${eventColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;
const select = `SELECT ${eventColumns} FROM app_events ORDER BY sequence`;

/** The events table in PostgreSQL, created where it is missing. */
export async function postgresEvents(pool: Pool): Promise<EventsTable<PostgresQueries>> {
  // Several statements in one query are one transaction.
  await pool.query(create);
  return {
    async insert(row) {
      await pool.query(insert, toColumns(row));
    },
    insertWithin: (transaction, row) => transaction.query(insert, toColumns(row)),
    async list() {
      const { rows } = await pool.query<StoredEvent>(select);
      return rows.map(fromStoredEvent);
    },
    close: () => pool.end(),
  };
}
