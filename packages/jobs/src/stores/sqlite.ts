import { LatchhookError } from "@latchhook/core";
import {
  createSqliteConnection,
  migrateSqlite,
  openSqliteFile,
  requirePlainName,
  requireSynchronous,
  retryWhileBusy,
  type SqliteConnection,
  type SqliteDatabase,
  type SqliteDriver,
  type SqliteValue,
  toSqliteError,
  toSqliteOpenError,
} from "@latchhook/stores/kit";
import { jobKey, rankOf, storedId, toJobCount, toTrackedJob } from "../tracking/job-row.ts";
import type { JobOwner, JobStore } from "../tracking/job-store.ts";
import { jobsSchema, tablesNamed } from "./sqlite/schema.ts";
import { createStatements } from "./sqlite/statements.ts";

export interface SqliteJobsOptions {
  /** The file; it and its folder are created when missing. It may be the one of `sqliteStore`. */
  readonly path?: string | undefined;
  /** How to open a file. Default: as in `sqliteStore`. */
  readonly driver?: SqliteDriver<SqliteDatabase> | undefined;
  /** The application's own open connection, in place of `path`. It is not closed. */
  readonly database?: SqliteDatabase | undefined;
  /** The table; a second one has `_meta` appended. Default: `"latchhook_jobs"`. */
  readonly table?: string | undefined;
}

interface Opened {
  readonly connection: SqliteConnection;
  close(): void;
}

/**
 * Keeps tracked jobs in an SQLite file. The table is created, or upgraded, at the first use.
 *
 * @throws LatchhookError `invalid-option` without a path or a database; operations reject with `store-misconfigured`
 * when there is no driver or the file cannot be used, and with `store-unavailable` when SQLite fails or stays busy for
 * a second.
 * @example
 * const store = sqliteJobs({ path: "data/app.db" });
 */
export function sqliteJobs(options: SqliteJobsOptions): JobStore {
  const { path, database, driver, table = "latchhook_jobs" } = options;
  if ((path === undefined) === (database === undefined)) {
    throw new LatchhookError("invalid-option", "sqliteJobs: pass either { path } or { database }.");
  }
  if (database !== undefined) requireSynchronous("sqliteJobs", database);
  const tables = tablesNamed(requirePlainName("sqliteJobs: table", table, 63));
  let opening: Promise<Opened> | undefined;

  async function open(): Promise<Opened> {
    try {
      return await (path === undefined
        ? adopt(database as SqliteDatabase, tables)
        : openJobs(path, driver, tables));
    } catch (error) {
      // Tried again at the next call: the disk may have room by then.
      opening = undefined;
      throw error;
    }
  }

  /** Runs one statement in a transaction of its own, and opens the file before the first. */
  async function run(sql: string, ...values: SqliteValue[]) {
    opening ??= open();
    const { connection } = await opening;
    return retryWhileBusy(
      () => connection.transaction(() => connection.read(sql, ...values)),
      (error) => toSqliteError(error, "sqliteJobs"),
    );
  }

  const statements = createStatements(tables.jobs);
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
    async list(owner, { limit, before }) {
      if (before === undefined) {
        return (await run(statements.list, ...ownerValues(owner), limit)).map(toTrackedJob);
      }
      const key = await jobKey(owner, before);
      return (await run(statements.listBefore, ...ownerValues(owner), key, key, key, limit)).map(
        toTrackedJob,
      );
    },
    async count(owner) {
      const rows = await run(statements.count, ...ownerValues(owner));
      return rows.map((row) => toJobCount(owner, row));
    },
    async claimDue(owner, { limit, leaseMs }) {
      return (await run(statements.claimDue, leaseMs, ...ownerValues(owner), limit)).map(toTrackedJob);
    },
    async postpone(owner, id, { checkInMs, failures, problem, asked, unsettle }) {
      const sql = unsettle === true ? statements.unsettle : statements.postpone;
      await run(sql, Math.round(checkInMs), failures, problem, asked ? 1 : 0, await jobKey(owner, id));
    },
    async purge(owner, olderThanMs, limit) {
      return (await run(statements.purge, ...ownerValues(owner), olderThanMs, limit)).length;
    },
    async close() {
      const opened = await opening?.catch(() => undefined);
      opening = undefined;
      opened?.close();
    },
  };
}

/** Opens a file on a connection of the table's own. */
async function openJobs(
  path: string,
  driver: SqliteJobsOptions["driver"],
  tables: Parameters<typeof jobsSchema>[0],
): Promise<Opened> {
  const file = await openSqliteFile({ store: "sqliteJobs", path, driver });
  try {
    const database = await file.connect("FULL");
    const connection = createSqliteConnection(database);
    await retryWhileBusy(() => migrateSqlite(database, connection, jobsSchema(tables)), file.toError);
    return { connection, close: file.close };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Prepares the application's own connection. */
async function adopt(database: SqliteDatabase, tables: Parameters<typeof jobsSchema>[0]): Promise<Opened> {
  const connection = createSqliteConnection(database);
  await retryWhileBusy(
    () => migrateSqlite(database, connection, jobsSchema(tables)),
    (error) => toSqliteOpenError(error, "sqliteJobs", "the database"),
  );
  return { connection, close: () => {} };
}
