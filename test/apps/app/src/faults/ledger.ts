import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { PostgresUrl, SqliteUrl } from "../database-url.ts";
import { monotonicMs } from "../monotonic-ms.ts";
import { openPostgres } from "../open-postgres.ts";
import { loadSqlite, retryWhileBusy } from "../open-sqlite.ts";

/** What is noted down: that a callback began, that its claim was completed. */
export type Note = "start" | "completion";

/** A note, or a row of the events table: the effect of a callback. */
export interface Entry {
  readonly kind: Note | "effect";
  /** The delivery key. */
  readonly key: string;
  /** The job that the event is about; empty for a completion. */
  readonly job: string;
  readonly process: number;
  /** By {@link monotonicMs}. */
  readonly at: number;
}

/** What happened to each delivery in all processes that share the app's tables. */
export interface Ledger {
  /** Resolves once the note is committed, in a transaction of its own. */
  note(kind: Note, key: string, job: string): Promise<void>;
  /** Notes and effects. Some app must have been started before, for it creates the events table. */
  read(): Promise<Entry[]>;
  close(): Promise<void>;
}

/** Numbered, as SQLite and PostgreSQL both have it. */
const insert = "INSERT INTO app_notes (kind, key, job, process, at) VALUES ($1, $2, $3, $4, $5)";
const select = `
  SELECT kind, key, job, process, at FROM app_notes
  UNION ALL
  SELECT 'effect', delivery_key, job_id, process, written_at FROM app_events`;

/** Opens the ledger beside the events table, and creates its own table. */
export function openLedger(location: SqliteUrl | PostgresUrl): Promise<Ledger> {
  return location.kind === "sqlite" ? openSqliteLedger(location.path) : openPostgresLedger(location.url);
}

async function openPostgresLedger(url: string): Promise<Ledger> {
  const pool = await openPostgres(url, 5);
  // Several statements in one query are one transaction; of processes that start at once, one creates the table.
  await pool.query(`
    SELECT pg_advisory_xact_lock(82);
    CREATE TABLE IF NOT EXISTS app_notes
      (kind text NOT NULL, key text NOT NULL, job text NOT NULL, process integer NOT NULL, at float8 NOT NULL)`);
  return {
    async note(...what) {
      await pool.query(insert, toValues(...what));
    },
    read: async () => (await pool.query<Entry>(select)).rows.map(fromStored),
    close: () => pool.end(),
  };
}

async function openSqliteLedger(path: string): Promise<Ledger> {
  mkdirSync(dirname(path), { recursive: true });
  const open = await loadSqlite();
  const database = open(path);
  // Longer than the app's: after a lock that was waited for in vain, libsql does not commit what the same statement
  // writes later.
  database.exec("PRAGMA busy_timeout = 5000");
  await retryWhileBusy(() => database.exec("PRAGMA journal_mode = WAL"));
  database.exec(`CREATE TABLE IF NOT EXISTS app_notes
    (kind TEXT NOT NULL, key TEXT NOT NULL, job TEXT NOT NULL, process INTEGER NOT NULL, at REAL NOT NULL)`);
  return {
    async note(...what) {
      database.prepare(insert.replace(/\$\d/g, "?")).run(...toValues(...what));
    },
    read: async () => (database.prepare(select).all() as Entry[]).map(fromStored),
    close: async () => void database.close(),
  };
}

function toValues(kind: Note, key: string, job: string): [string, string, string, number, number] {
  return [kind, key, JSON.stringify(job), process.pid, monotonicMs()];
}

/** Jobs are kept as JSON text, as they are in the events table. */
function fromStored(entry: Entry): Entry {
  return { ...entry, job: JSON.parse(entry.job) as string };
}
