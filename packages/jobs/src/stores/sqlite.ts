import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { LatchhookError } from "@latchhook/core";
import { type Connection, createConnection, type Row } from "@latchhook/stores/sqlite/connection";
import {
  loadDriver,
  type SqliteDatabase,
  type SqliteDriver,
  type SqliteValue,
} from "@latchhook/stores/sqlite/driver";
import { blockingWaitMs, retryWhileBusy } from "@latchhook/stores/sqlite/retry";
import {
  advanceAssignments,
  jobColumns,
  jobKey,
  rankOf,
  storedId,
  toTrackedJob,
} from "../tracking/job-row.ts";
import type { JobOwner, JobStore } from "../tracking/job-store.ts";

export interface SqliteJobsOptions {
  /** The file; it and its folder are created when missing. It may be the one of `sqliteStore`. */
  readonly path?: string | undefined;
  /** How to open a file. Default: as in `sqliteStore`. */
  readonly driver?: SqliteDriver<SqliteDatabase> | undefined;
  /** The application's own open connection, in place of `path`. It is not closed. */
  readonly database?: SqliteDatabase | undefined;
  /** The table. Default: `"latchhook_jobs"`. */
  readonly table?: string | undefined;
}

const now = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";

/**
 * Keeps tracked jobs in an SQLite file. The table is created at the first use.
 *
 * @throws LatchhookError `invalid-option` without a path or a database; operations reject with `store-misconfigured`
 * when there is no driver and with `store-unavailable` when SQLite fails or stays busy for a second.
 * @example
 * const store = sqliteJobs({ path: "data/app.db" });
 */
export function sqliteJobs(options: SqliteJobsOptions): JobStore {
  const { path, database, table = "latchhook_jobs" } = options;
  if ((path === undefined) === (database === undefined)) {
    throw new LatchhookError("invalid-option", "sqliteJobs: pass either { path } or { database }.");
  }
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(table)) {
    throw new LatchhookError("invalid-option", "sqliteJobs: table must be a plain SQL name.");
  }
  let own: SqliteDatabase | undefined;
  let opening: Promise<Connection> | undefined;

  async function open(): Promise<Connection> {
    try {
      if (path !== undefined) own = await openFile(path, options.driver);
      const opened = (own ?? database) as SqliteDatabase;
      const connection = createConnection(opened);
      await retryWhileBusy(() => connection.transaction(() => opened.exec(schema(table))));
      return connection;
    } catch (error) {
      // Tried again at the next call: the disk may have room by then.
      release();
      throw error;
    }
  }

  function release(): void {
    own?.close();
    own = undefined;
    opening = undefined;
  }

  /** Runs one statement in a transaction of its own, and opens the file before the first. */
  async function run(sql: string, ...values: SqliteValue[]): Promise<readonly Row[]> {
    opening ??= open();
    const connection = await opening;
    return retryWhileBusy(() => connection.transaction(() => connection.read(sql, ...values)));
  }

  const statements = createStatements(table);
  const ownerValues = ({ scope, provider }: JobOwner): [string, string] => [scope, provider];
  return {
    name: "sqlite",
    async migrate() {
      await run("SELECT 1");
    },
    async advance(owner, news) {
      const { status, progress, settled, checkInMs, authoritative } = news;
      const key = await jobKey(owner, news.id);
      const sql = authoritative ? statements.advanceByAnswer : statements.advance;
      const identity = [key, ...ownerValues(owner), storedId(news)];
      const state = [status, rankOf(status), progress, settled ? 1 : 0, Math.round(checkInMs)];
      const [row] = await run(sql, ...identity, ...state);
      return toTrackedJob(row ?? {});
    },
    async get(owner, id) {
      const [row] = await run(statements.get, await jobKey(owner, id));
      return row === undefined ? null : toTrackedJob(row);
    },
    async list(owner, limit) {
      return (await run(statements.list, ...ownerValues(owner), limit)).map(toTrackedJob);
    },
    async claimDue(owner, { limit, leaseMs }) {
      return (await run(statements.claimDue, leaseMs, ...ownerValues(owner), limit)).map(toTrackedJob);
    },
    async postpone(owner, id, { checkInMs, failures, problem, unsettle }) {
      const sql = unsettle === true ? statements.unsettle : statements.postpone;
      await run(sql, Math.round(checkInMs), failures, problem, await jobKey(owner, id));
    },
    async purge(owner, olderThanMs, limit) {
      return (await run(statements.purge, ...ownerValues(owner), olderThanMs, limit)).length;
    },
    async close() {
      await opening?.catch(() => {});
      release();
    },
  };
}

async function openFile(path: string, driver: SqliteJobsOptions["driver"]): Promise<SqliteDatabase> {
  const open = driver ?? (await loadDriver());
  await mkdir(dirname(path), { recursive: true });
  const opened = open(path);
  opened.exec(`PRAGMA busy_timeout = ${blockingWaitMs}`);
  await retryWhileBusy(() => opened.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"));
  return opened;
}

/** Schema 1. A later one adds columns to it. */
function schema(table: string): string {
  return `CREATE TABLE IF NOT EXISTS ${table} (
      key TEXT PRIMARY KEY NOT NULL,
      scope TEXT NOT NULL,
      provider TEXT NOT NULL,
      job_id TEXT NOT NULL,
      status TEXT NOT NULL,
      rank INTEGER NOT NULL,
      progress REAL,
      settled INTEGER NOT NULL,
      problem TEXT,
      failures INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      next_check_at INTEGER NOT NULL
    );
    CREATE INDEX IF NOT EXISTS ${table}_due ON ${table} (scope, provider, next_check_at) WHERE settled = 0;`;
}

function createStatements(table: string) {
  const returning = `RETURNING ${jobColumns}`;
  const advance = (authoritative: boolean): string => `INSERT INTO ${table}
    (key, scope, provider, job_id, status, rank, progress, settled, failures, created_at, updated_at, next_check_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ${now}, ${now}, ${now} + ?)
    ON CONFLICT (key) DO UPDATE SET ${advanceAssignments(table, authoritative)} ${returning}`;
  const postpone = (settled: string): string =>
    `UPDATE ${table} SET ${settled} next_check_at = ${now} + ?, failures = ?, problem = ? WHERE key = ?`;
  return {
    advance: advance(false),
    advanceByAnswer: advance(true),
    get: `SELECT ${jobColumns} FROM ${table} WHERE key = ?`,
    list: `SELECT ${jobColumns} FROM ${table} WHERE scope = ? AND provider = ?
      ORDER BY created_at DESC, key LIMIT ?`,
    claimDue: `UPDATE ${table} SET next_check_at = ${now} + ? WHERE key IN (
        SELECT key FROM ${table} WHERE scope = ? AND provider = ? AND settled = 0 AND next_check_at <= ${now}
        ORDER BY next_check_at LIMIT ?) ${returning}`,
    postpone: `${postpone("")} AND settled = 0`,
    unsettle: postpone("settled = 0,"),
    purge: `DELETE FROM ${table} WHERE key IN (
        SELECT key FROM ${table} WHERE scope = ? AND provider = ? AND settled = 1 AND updated_at <= ${now} - ?
        LIMIT ?) RETURNING key`,
  };
}
