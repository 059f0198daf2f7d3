import {
  type Claim,
  LatchhookError,
  type MaybePromise,
  type RetainOptions,
  type Store,
} from "@latchhook/core";
import type { SqliteDatabase, SqliteDriver } from "./shared/sqlite/driver.ts";
import { toStoreError } from "./shared/sqlite/errors.ts";
import { requireSynchronous } from "./shared/sqlite/require-synchronous.ts";
import { retryWhileBusy } from "./shared/sqlite/retry.ts";
import { commitWork } from "./sqlite/commit-work.ts";
import { createDeliveries } from "./sqlite/deliveries.ts";
import { adoptDatabase, type OpenedStore, openStore } from "./sqlite/open.ts";
import { createPurger } from "./sqlite/purge.ts";
import { tablesNamed } from "./sqlite/schema.ts";

export type { SqliteDatabase, SqliteDriver, SqliteStatement, SqliteValue } from "./shared/sqlite/driver.ts";

interface SharedOptions {
  /** The table for deliveries; a second one has `_meta` appended. Default: `"latchhook_deliveries"`. */
  readonly table?: string | undefined;
  /**
   * The clock, in milliseconds since 1970. For tests: processes that share a file must share a clock. Default: that
   * of SQLite.
   */
  readonly now?: (() => number) | undefined;
}

export interface SqliteFileOptions<Database extends SqliteDatabase = SqliteDatabase> extends SharedOptions {
  /** The file; it and its folder are created when missing. Any number of processes on one machine may share it. */
  readonly path: string;
  /**
   * How to open a file, such as `(path) => new Database(path)` with libsql or better-sqlite3. Default: the runtime's
   * own driver (Node.js 22.13 and later, Bun), else `libsql`, which has to be installed.
   */
  readonly driver?: SqliteDriver<Database> | undefined;
  readonly database?: undefined;
}

export interface SqliteDatabaseOptions<Database extends SqliteDatabase = SqliteDatabase>
  extends SharedOptions {
  /**
   * The application's own open connection. Everything runs on it: an open transaction of the application's makes
   * the store's operations fail (503), and its busy timeout blocks the process, so keep that short. The store sets
   * `synchronous` to FULL where it is lower, and does not close it.
   */
  readonly database: Database;
  readonly path?: undefined;
  readonly driver?: undefined;
}

export type SqliteStoreOptions<Database extends SqliteDatabase = SqliteDatabase> =
  | SqliteFileOptions<Database>
  | SqliteDatabaseOptions<Database>;

export interface SqliteStore<Database extends SqliteDatabase = SqliteDatabase> extends Store<Database> {
  commit(claim: Claim, options: RetainOptions, work: (database: Database) => unknown): Promise<"ok" | "lost">;
  /**
   * The connection that `commit` hands out, opened now if need be: for the application's own tables. Leave no
   * transaction open on it across an `await`.
   */
  database(): Promise<Database>;
  /**
   * Opens the file and brings its tables up to date now, for an error at start instead of at the first delivery.
   *
   * @throws LatchhookError `store-misconfigured` when there is no driver, or the file or its tables are not the
   * store's; `store-unavailable` when SQLite fails.
   */
  check(): Promise<void>;
}

/**
 * Records deliveries in an SQLite file, which one process or several on one machine share.
 *
 * `commit` needs synchronous work: do what is asynchronous first, then write. Completed deliveries are removed a few
 * at a time as others complete, once their retention is over; `purge` is there for a job of your own.
 *
 * @throws LatchhookError `invalid-option`. Operations reject with `store-misconfigured` when there is no driver, or
 * the file or its tables are not the store's; with `store-unavailable` when SQLite fails or stays busy for a second.
 *
 * @example
 * const store = sqliteStore({ path: "data/deliveries.db" });
 */
export function sqliteStore<Database extends SqliteDatabase = SqliteDatabase>(
  options: SqliteStoreOptions<Database>,
): SqliteStore<Database> {
  checkOptions(options);
  const tables = tablesNamed(options.table ?? "latchhook_deliveries");
  const clock = (): number | null => options.now?.() ?? null;
  const deliveries = createDeliveries(tables, clock);
  const purger = createPurger(tables, clock, retry);
  const connections = lazily(() =>
    options.path === undefined
      ? adoptDatabase(options.database, tables)
      : openStore(options.path, options.driver, tables),
  );

  return {
    name: "sqlite",
    claim: (key, claimOptions) =>
      connections.use(({ leases }) => retry(() => deliveries.claim(leases, key, claimOptions))),
    extend: (claim, leaseMs) =>
      connections.use(({ leases }) =>
        retry(() => leases.transaction(() => okIf(deliveries.extend(leases, claim, leaseMs)))),
      ),
    fail: (claim) =>
      connections.use(({ leases }) =>
        retry(() => leases.transaction(() => okIf(deliveries.fail(leases, claim)))),
      ),
    complete: (claim, { retainMs }) =>
      connections.use(({ durable, leases }) =>
        retry(() => {
          const marked = durable.transaction(() => deliveries.complete(durable, claim, retainMs));
          if (marked === "marked") purger.completed(leases);
          return okIf(marked !== "lost");
        }),
      ),
    async commit(claim, { retainMs }, work) {
      const { durable, leases, database } = await connections.use((opened) => opened);
      const result = await retry(() =>
        commitWork(
          durable,
          () => deliveries.complete(durable, claim, retainMs),
          () => work(database),
        ),
      );
      if ("workThrew" in result) throw result.workThrew;
      purger.completed(leases);
      return result.update;
    },
    purge: (limit) => connections.use(({ leases }) => purger.purge(leases, limit)),
    async check() {
      await connections.use(() => undefined);
    },
    database: async () => (await connections.use((opened) => opened)).database,
    close: () => connections.close(),
  };
}

function retry<Result>(attempt: () => Result): MaybePromise<Result> {
  return retryWhileBusy(attempt, (error) => toStoreError(error, "sqliteStore"));
}

interface LazyConnections<Database extends SqliteDatabase> {
  use<Result>(operation: (opened: OpenedStore<Database>) => MaybePromise<Result>): MaybePromise<Result>;
  close(): Promise<void>;
}

/** Opens at the first use, and again at the next one where that failed: the disk may have room by then. */
function lazily<Database extends SqliteDatabase>(
  open: () => Promise<OpenedStore<Database>>,
): LazyConnections<Database> {
  let opened: OpenedStore<Database> | undefined;
  let opening: Promise<OpenedStore<Database>> | undefined;
  let closed = false;

  async function openOnce(): Promise<OpenedStore<Database>> {
    try {
      opened = await open();
      return opened;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  }

  return {
    use(operation) {
      if (closed) throw new LatchhookError("store-unavailable", "sqliteStore: the store is closed.");
      if (opened !== undefined) return operation(opened);
      opening ??= openOnce();
      return opening.then(operation);
    },
    async close() {
      closed = true;
      await opening?.catch(() => {});
      opened?.close();
      opened = undefined;
    },
  };
}

function okIf(applied: boolean): "ok" | "lost" {
  return applied ? "ok" : "lost";
}

function checkOptions({ path, database }: SqliteStoreOptions): void {
  if ((path === undefined) === (database === undefined)) {
    throw new LatchhookError("invalid-option", "sqliteStore: pass either { path } or { database }.");
  }
  if (path !== undefined && (typeof path !== "string" || path.trim() === "")) {
    throw new LatchhookError(
      "invalid-option",
      'sqliteStore: path must name a file, such as "deliveries.db".',
    );
  }
  if (database !== undefined) requireSynchronous("sqliteStore", database);
}
