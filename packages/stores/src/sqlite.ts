import {
  type Claim,
  type ClaimOptions,
  type ClaimResult,
  LatchhookError,
  type MaybePromise,
  type RetainOptions,
  type Store,
  type StoreInbox,
} from "@latchhook/core";
import { openInbox } from "@latchhook/core/stores/inbox";
import { currentVersion } from "./shared/migration.ts";
import type { Connection } from "./shared/sqlite/connection.ts";
import type { SqliteDatabase, SqliteDriver } from "./shared/sqlite/driver.ts";
import { toStoreError } from "./shared/sqlite/errors.ts";
import { requireSynchronous } from "./shared/sqlite/require-synchronous.ts";
import { retryWhileBusy } from "./shared/sqlite/retry.ts";
import { commitWork } from "./sqlite/commit-work.ts";
import { type Clock, createDeliveries } from "./sqlite/deliveries.ts";
import { createInboxPart } from "./sqlite/inbox/inbox-part.ts";
import { type LazyConnections, lazily } from "./sqlite/lazy-connections.ts";
import { adoptDatabase, openStore } from "./sqlite/open.ts";
import { createPurger } from "./sqlite/purge.ts";
import { deliveriesSchema, type Tables, tablesNamed } from "./sqlite/schema.ts";

export type { SqliteDatabase, SqliteDriver, SqliteStatement, SqliteValue } from "./shared/sqlite/driver.ts";

interface SharedOptions {
  /**
   * The table for deliveries; a second one has `_meta` appended, and the three of the inbox have `inbox` in place of
   * `deliveries`, or appended. Default: `"latchhook_deliveries"`.
   */
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
  reopen(key: string, options: ClaimOptions): MaybePromise<ClaimResult>;
  readonly inbox: StoreInbox;
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
  const connections = lazily(() =>
    options.path === undefined
      ? adoptDatabase(options.database, tables)
      : openStore(options.path, options.driver, tables),
  );
  return createStore(tables, clock, connections);
}

function createStore<Database extends SqliteDatabase>(
  tables: Tables,
  clock: Clock,
  connections: LazyConnections<Database>,
): SqliteStore<Database> {
  const deliveries = createDeliveries(tables, clock);
  const purger = createPurger(tables, clock, retry);
  const inbox = createInboxPart(tables, clock, connections, retry);

  function completed(leases: Connection, record: unknown): void {
    purger.completed(leases);
    if (record !== undefined) inbox.purger.completed(leases);
  }

  return {
    name: "sqlite",
    schemaVersion: currentVersion(deliveriesSchema(tables).steps),
    claim: (key, claimOptions) =>
      connections.use(({ leases }) => retry(() => deliveries.claim(leases, key, claimOptions))),
    reopen: (key, claimOptions) =>
      connections.use(({ leases }) =>
        retry(() => {
          for (;;) {
            const reopened = inbox.reopen(key, (write) =>
              leases.transaction(() => {
                const claimed = deliveries.reopen(leases, key, claimOptions);
                if (claimed !== undefined) write(leases);
                return claimed;
              }),
            );
            const result = reopened ?? deliveries.claim(leases, key, claimOptions);
            if (result.state !== "completed") return result;
          }
        }),
      ),
    extend: (claim, leaseMs) =>
      connections.use(({ leases }) =>
        retry(() => leases.transaction(() => okIf(deliveries.extend(leases, claim, leaseMs)))),
      ),
    fail: (claim, { record } = {}) =>
      connections.use(({ leases }) =>
        retry(() =>
          record === undefined
            ? leases.transaction(() => okIf(deliveries.fail(leases, claim)))
            : inbox.record(record, (write) =>
                leases.transaction(() => {
                  const marked = deliveries.failOnce(leases, claim);
                  if (marked === "marked") write(leases);
                  return okIf(marked !== "lost");
                }),
              ),
        ),
      ),
    complete: (claim, { retainMs, record }) =>
      connections.use(({ durable, leases }) =>
        retry(() => {
          const marked = inbox.record(record, (write) =>
            durable.transaction(() => {
              const made = deliveries.complete(durable, claim, retainMs);
              if (made === "marked") write(durable);
              return made;
            }),
          );
          if (marked === "marked") completed(leases, record);
          return okIf(marked !== "lost");
        }),
      ),
    async commit(claim, { retainMs, record }, work) {
      const { durable, leases, database } = await connections.use((opened) => opened);
      const result = await retry(() =>
        inbox.record(record, (write) =>
          commitWork(
            durable,
            () => deliveries.complete(durable, claim, retainMs),
            () => work(database),
            () => write(durable),
          ),
        ),
      );
      if ("workThrew" in result) throw result.workThrew;
      completed(leases, record);
      return result.update;
    },
    purge: (limit) =>
      connections.use(async ({ leases }) => {
        const purged = await purger.purge(leases, limit);
        return purged + (await inbox.purge(leases, limit - purged));
      }),
    inbox: { ...inbox.inbox, open: openInbox },
    async check() {
      await connections.use(({ durable }) => inbox.check(durable));
    },
    database: async () => (await connections.use((opened) => opened)).database,
    close: () => connections.close(),
  };
}

function retry<Result>(attempt: () => Result): MaybePromise<Result> {
  return retryWhileBusy(attempt, (error) => toStoreError(error, "sqliteStore"));
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
