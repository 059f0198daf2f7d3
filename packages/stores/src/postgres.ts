import type { Claim, ClaimUpdate, RetainOptions, Store } from "@latchhook/core";
import { commitWork } from "./postgres/commit.ts";
import { connectDatabase, type PostgresClient } from "./postgres/connect-database.ts";
import type { Database } from "./postgres/database.ts";
import { toStoreError } from "./postgres/database-error.ts";
import { createGuard } from "./postgres/guard.ts";
import { type NameOptions, resolveNames } from "./postgres/names.ts";
import { createOperations } from "./postgres/operations.ts";
import type { PgConnection, PgPool } from "./postgres/pg-database.ts";
import type { PgliteClient, PgliteTransaction } from "./postgres/pglite-database.ts";
import type { PostgresJsSql, PostgresJsTransaction } from "./postgres/postgres-js-database.ts";
import { createPurger } from "./postgres/purger.ts";
import { schemaVersion } from "./postgres/schema-version.ts";
import { createStatements } from "./postgres/statements.ts";

export { type PrintOptions, printMigrations } from "./postgres/migrations.ts";
export type { NameOptions } from "./postgres/names.ts";
export type { PgConnection, PgPool } from "./postgres/pg-database.ts";
export type { PgliteClient, PgliteTransaction } from "./postgres/pglite-database.ts";
export type { PostgresJsSql, PostgresJsTransaction } from "./postgres/postgres-js-database.ts";

export interface PostgresStoreOptions<Client> extends NameOptions {
  /**
   * Your own client: a `Pool` of `pg`, a `sql` of `postgres`, or a `PGlite`. The store never closes it. A pool needs
   * an "error" listener of yours, or a connection that is cut while idle ends the process.
   */
  readonly client: Client;
  /**
   * Whether statements are prepared by name. Default: true with `pg`, what `sql` was made with for `postgres`. Set
   * false behind a pooler that gives each transaction another connection and does not track prepared statements
   * (PgBouncer before 1.21).
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
  return createStore(connectDatabase(client, prepare) as unknown as Database<never>, nameOptions);
}

function createStore<Transaction>(
  database: Database<Transaction>,
  nameOptions: NameOptions,
): PostgresStore<Transaction> {
  const names = resolveNames(nameOptions);
  const statements = createStatements(names);
  const operations = createOperations(database, statements);
  const schema = schemaVersion(database, names);
  const purger = createPurger(database, statements.purge);
  const { use, close } = createGuard(schema);

  async function commit(
    claim: Claim,
    options: RetainOptions,
    work: (transaction: Transaction) => unknown,
  ): Promise<ClaimUpdate> {
    const parts = { database, statements, claim, options };
    const outcome = await use("commit", () => commitWork(parts, work));
    if ("workError" in outcome) throw outcome.workError;
    purger.completed();
    return outcome.answer;
  }

  async function complete(claim: Claim, { retainMs }: RetainOptions): Promise<ClaimUpdate> {
    const update = await use("complete", () => operations.complete(claim, retainMs));
    purger.completed();
    return update;
  }

  return {
    name: "postgres",
    migrate: () => schema.migrate().catch((error) => Promise.reject(toStoreError(error, "migrate"))),
    check: () => use("check its tables", schema.check),
    claim: (key, options) => use("claim", () => operations.claim(key, options)),
    extend: (claim, leaseMs) => use("extend", () => operations.extend(claim, leaseMs)),
    complete,
    fail: (claim) => use("fail", () => operations.fail(claim)),
    commit,
    purge: (limit) => use("purge", () => purger.purge(limit)),
    close() {
      close();
      return purger.settle();
    },
  };
}
