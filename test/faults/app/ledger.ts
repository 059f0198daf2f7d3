import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { SqliteDatabase } from "@latchhook/stores/sqlite";
import Database from "libsql";

/** What the app notes down: that a callback began, what it did, that its claim was completed. */
export type EntryKind = "start" | "effect" | "completion";

/** A row of the ledger. */
export interface Entry {
  readonly kind: EntryKind;
  /** The delivery key. */
  readonly key: string;
  /** The job that the event is about: senders of these tests send one event for each. */
  readonly job: string;
  readonly process: number;
  /** By {@link monotonicMs}. */
  readonly at: number;
}

/** The app's own table, which the oracle reads. Transactions are those of the store in the same database. */
export interface Ledger<Transaction> {
  /** Resolves once the row is committed. */
  write(entry: Entry): Promise<void>;
  /** Writes the row as a part of the transaction. */
  writeWithin(transaction: Transaction, entry: Entry): unknown;
  read(): Promise<Entry[]>;
  close(): Promise<void>;
}

/** One clock for all processes of the machine, whatever their time of day says. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

const columns = "kind, key, job, process, at";

/** Opens the ledger that a URL names, and creates its table. */
export function openLedger(url: string): Promise<Ledger<never>> {
  return url.startsWith("sqlite:") ? openSqliteLedger(url.slice("sqlite:".length)) : openPostgresLedger(url);
}

/** What runs a statement in PostgreSQL: the pool, or a connection within a transaction. */
export interface PostgresQueries {
  query(text: string, values: unknown[]): Promise<unknown>;
}

async function openPostgresLedger(url: string): Promise<Ledger<PostgresQueries>> {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({ connectionString: url, max: 5, connectionTimeoutMillis: 2_000 });
  pool.on("error", () => {});
  // Several statements in one query are one transaction; of processes that start at once, one creates the table.
  await pool.query(`
    SELECT pg_advisory_xact_lock(82);
    CREATE TABLE IF NOT EXISTS ledger
      (kind text NOT NULL, key text NOT NULL, job text NOT NULL, process integer NOT NULL, at float8 NOT NULL)`);
  const insert = `INSERT INTO ledger (${columns}) VALUES ($1, $2, $3, $4, $5)`;
  return {
    async write(entry) {
      await pool.query(insert, toValues(entry));
    },
    writeWithin: (transaction, entry) => transaction.query(insert, toValues(entry)),
    read: async () => (await pool.query<Entry>(`SELECT ${columns} FROM ledger`)).rows,
    close: () => pool.end(),
  };
}

async function openSqliteLedger(path: string): Promise<Ledger<SqliteDatabase>> {
  mkdirSync(dirname(path), { recursive: true });
  const database = new Database(path);
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL");
  database.exec(`CREATE TABLE IF NOT EXISTS ledger
    (kind TEXT NOT NULL, key TEXT NOT NULL, job TEXT NOT NULL, process INTEGER NOT NULL, at REAL NOT NULL)`);
  const insert = `INSERT INTO ledger (${columns}) VALUES (?, ?, ?, ?, ?)`;
  return {
    async write(entry) {
      // After a lock that was waited for in vain, libsql does not commit what the same statement writes later.
      database.prepare(insert).run(...toValues(entry));
    },
    writeWithin: (transaction, entry) => transaction.prepare(insert).run(...toValues(entry)),
    read: async () => database.prepare(`SELECT ${columns} FROM ledger`).all() as Entry[],
    close: async () => void database.close(),
  };
}

function toValues({ kind, key, job, process: id, at }: Entry): [string, string, string, number, number] {
  return [kind, key, job, id, at];
}
