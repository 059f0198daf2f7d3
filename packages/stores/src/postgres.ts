import type {
  Claim,
  ClaimOptions,
  ClaimResult,
  ClaimUpdate,
  FailOptions,
  RetainOptions,
  Store,
  StoreInbox,
} from "@latchhook/core";
import { openInbox } from "@latchhook/core/stores/inbox";
import { commitWork } from "./postgres/commit.ts";
import { createInboxPart } from "./postgres/inbox/inbox-part.ts";
import { deliveriesSchema, deliveriesVersion } from "./postgres/migrations.ts";
import { resolveNames } from "./postgres/names.ts";
import { createOperations } from "./postgres/operations.ts";
import { createStatements } from "./postgres/statements.ts";
import { createGuard } from "./shared/guard.ts";
import { type Limiter, limitConcurrency } from "./shared/limit-concurrency.ts";
import { currentVersion } from "./shared/migration.ts";
import { connectDatabase, type PostgresClient } from "./shared/postgres/connect-database.ts";
import type { Database } from "./shared/postgres/database.ts";
import type { NameOptions } from "./shared/postgres/names.ts";
import type { PgConnection, PgPool } from "./shared/postgres/pg-database.ts";
import type { PgliteClient, PgliteTransaction } from "./shared/postgres/pglite-database.ts";
import type { PostgresJsSql, PostgresJsTransaction } from "./shared/postgres/postgres-js-database.ts";
import { createSchema } from "./shared/postgres/schema.ts";
import { createPurger } from "./shared/purger.ts";

export { type PrintOptions, printMigrations } from "./postgres/migrations.ts";
export type { NameOptions } from "./shared/postgres/names.ts";
export type { PgConnection, PgPool } from "./shared/postgres/pg-database.ts";
export type { PgliteClient, PgliteTransaction } from "./shared/postgres/pglite-database.ts";
export type { PostgresJsSql, PostgresJsTransaction } from "./shared/postgres/postgres-js-database.ts";

export interface PostgresStoreOptions<Client> extends NameOptions {
  /**
   * Your own client: a `Pool` of `pg`, a `sql` of `postgres`, or a `PGlite`. The store never closes it. A pool needs
   * an "error" listener of yours, or a connection that is cut while idle ends the process.
   */
  readonly client: Client;
  /**
   * Whether statements are prepared by name. Default: true with `pg`, what `sql` was made with for `postgres`. Behind a
   * pooler that loses them (PgBouncer before 1.21) the store goes on without after the first that failed; false spares
   * it that.
   */
  readonly prepare?: boolean | undefined;
}

/** A store in PostgreSQL. */
export interface PostgresStore<Transaction> extends Store<Transaction> {
  /**
   * Creates the tables or upgrades them; does nothing where they are current. Needs a role that may create tables in
   * the schema. Several processes may call it at once.
   */
  migrate(): Promise<void>;
  /**
   * Checks the tables now, for an error at start instead of at the first delivery.
   *
   * @throws LatchhookError `store-misconfigured` when they are missing or old, `store-unavailable` when the database
   * does not answer.
   */
  check(): Promise<void>;
  commit(
    claim: Claim,
    options: RetainOptions,
    work: (transaction: Transaction) => unknown,
  ): Promise<ClaimUpdate>;
  reopen(key: string, options: ClaimOptions): Promise<ClaimResult>;
  readonly inbox: StoreInbox;
}

/**
 * Records deliveries in PostgreSQL 13 or later: durable, shared by any number of processes, with `commit`. Records
 * whose retention is over are removed a few at a time as others complete; `purge` is there for a job of your own.
 *
 * `commit` hands out the client's own transaction: a `PoolClient` of `pg`, a `TransactionSql` of `postgres`, a
 * `Transaction` of PGlite.
 *
 * @throws LatchhookError `invalid-option` when the client or a name cannot be used.
 *
 * @example
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL });
 * pool.on("error", (error) => console.error("An idle database connection failed.", error));
 * const store = postgresStore({ client: pool });
 * await store.migrate();
 */
export function postgresStore<Connection extends PgConnection>(
  options: PostgresStoreOptions<PgPool<Connection>>,
): PostgresStore<Connection>;
export function postgresStore<Transaction extends PostgresJsTransaction>(
  options: PostgresStoreOptions<PostgresJsSql<Transaction>>,
): PostgresStore<Transaction>;
export function postgresStore<Transaction extends PgliteTransaction>(
  options: PostgresStoreOptions<PgliteClient<Transaction>>,
): PostgresStore<Transaction>;
export function postgresStore(options: PostgresStoreOptions<PostgresClient>): PostgresStore<never> {
  const { client, prepare, ...nameOptions } = options;
  // Its transactions are of the client's kind; the overloads above say which.
  const database = connectDatabase(client, prepare) as unknown as Database<never>;
  return createStore(database, commitLimiter(client, database), nameOptions);
}

/** What all stores over one client share, for they share its connections. */
const commitLimiters = new WeakMap<object, Limiter>();

/**
 * Leaves a connection to heartbeats and claims while commits hold the others: each for as long as its work takes. Where
 * there is only one, those that wait for it come between two commits.
 */
function commitLimiter(client: object, { connections }: Database<never>): Limiter {
  const known = commitLimiters.get(client);
  if (known !== undefined) return known;
  const limiter = limitConcurrency(Math.max(1, connections - 1));
  commitLimiters.set(client, limiter);
  return limiter;
}

function createStore<Transaction>(
  database: Database<Transaction>,
  limitCommits: Limiter,
  nameOptions: NameOptions,
): PostgresStore<Transaction> {
  const names = resolveNames(nameOptions);
  const statements = createStatements(names);
  const definition = deliveriesSchema(names);
  const schema = createSchema(database, definition);
  const inbox = createInboxPart(database, names, schema);
  const operations = createOperations(database, statements, inbox.statements);
  const { use, close } = createGuard({
    name: "postgres",
    ...schema,
    check: () => schema.checkAtLeast(deliveriesVersion),
  });
  const purger = createPurger(async (size) => {
    const [row] = await database.query(statements.purge, [String(size)]);
    return { due: Number(row?.due), purged: Number(row?.purged) };
  });

  function completed({ record }: RetainOptions): void {
    purger.completed();
    if (record !== undefined) inbox.purger.completed();
  }

  async function commit(
    claim: Claim,
    options: RetainOptions,
    work: (transaction: Transaction) => unknown,
  ): Promise<ClaimUpdate> {
    const parts = { database, statements, claim, options, inbox };
    const outcome = await use("commit", () => limitCommits(() => commitWork(parts, work)));
    if ("workError" in outcome) throw outcome.workError;
    completed(options);
    return outcome.answer;
  }

  async function complete(claim: Claim, options: RetainOptions): Promise<ClaimUpdate> {
    const { retainMs, record } = options;
    const update = await use("complete", () =>
      inbox.presence.record(
        record,
        (written) => operations.completeRecorded(claim, retainMs, written),
        () => operations.complete(claim, retainMs),
      ),
    );
    completed(options);
    return update;
  }

  function fail(claim: Claim, { record }: FailOptions = {}): Promise<ClaimUpdate> {
    return use("fail", () =>
      inbox.presence.record(
        record,
        (written) => operations.failRecorded(claim, written),
        () => operations.fail(claim),
      ),
    );
  }

  async function purge(limit: number): Promise<number> {
    const purged = await purger.purge(limit);
    if (purged === limit || !(await inbox.presence.isThere())) return purged;
    try {
      return purged + (await inbox.purger.purge(limit - purged));
    } catch (error) {
      // Deliveries are purged where a right on the inbox is missing.
      if (inbox.presence.refuses(error)) return purged;
      throw error;
    }
  }

  return {
    name: "postgres",
    schemaVersion: currentVersion(definition.steps),
    heartbeatsWaitForCommits: true,
    migrate: schema.migrate,
    async check() {
      await inbox.check();
      schema.memory.pass();
    },
    claim: (key, options) => use("claim", () => operations.claim(key, options)),
    reopen: (key, options) => use("reopen", () => operations.reopen(key, options)),
    extend: (claim, leaseMs) => use("extend", () => operations.extend(claim, leaseMs)),
    complete,
    fail,
    commit,
    purge: (limit) => use("purge", () => purge(limit)),
    inbox: { ...inbox.inbox, open: openInbox },
    async close() {
      close();
      inbox.close();
      await Promise.all([purger.settle(), inbox.purger.settle()]);
    },
  };
}
