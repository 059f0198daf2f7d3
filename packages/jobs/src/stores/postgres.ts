import {
  connectDatabase,
  createGuard,
  createPostgresSchema,
  type PostgresClient,
  type Row,
  retryOnce,
  type Statement,
} from "@latchhook/stores/kit";
import { jobKey, rankOf, storedId, toJobCount, toTrackedJob } from "../tracking/job-row.ts";
import type { JobOwner, JobStore } from "../tracking/job-store.ts";
import { jobsSchema, resolveNames } from "./postgres/schema.ts";
import { createStatements } from "./postgres/statements.ts";

export { type PrintJobsOptions, printJobMigrations } from "./postgres/schema.ts";

export interface PostgresJobsOptions {
  /** A `Pool` of `pg`, a `sql` of `postgres`, or a `PGlite`: the one that `postgresStore` has. It is not closed. */
  readonly client: PostgresClient;
  /** Whether statements are prepared by name. Default: as in `postgresStore`. */
  readonly prepare?: boolean | undefined;
  /** The schema of the table. Default: `"public"`. */
  readonly schema?: string | undefined;
  /** What the table's name begins with. Default: `"latchhook_"`. */
  readonly tablePrefix?: string | undefined;
}

/**
 * Keeps tracked jobs in PostgreSQL 13 or later. Call `migrate()` when you deploy, or run what
 * `printJobMigrations` prints.
 *
 * @throws LatchhookError `invalid-option` when the client or a name cannot be used; operations reject with
 * `store-misconfigured` when the table is missing and with `store-unavailable` when the database fails.
 * @example
 * const store = postgresJobs({ client: pool });
 * await store.migrate();
 */
export function postgresJobs(options: PostgresJobsOptions): JobStore {
  const database = connectDatabase(options.client, options.prepare);
  const names = resolveNames(options);
  const schema = createPostgresSchema(database, jobsSchema(names));
  const { use } = createGuard({ name: "postgres", ...schema });
  const statements = createStatements(names.table);

  /** All values are texts, which the SQL casts; null and what clients would map on their own are written in it. */
  function run(
    operation: string,
    statement: Statement,
    ...values: readonly (string | number)[]
  ): Promise<readonly Row[]> {
    return use(operation, () => retryOnce(() => database.query(statement, values.map(String))));
  }

  const ownerValues = ({ scope, provider }: JobOwner): [string, string] => [scope, provider];
  return {
    name: "postgres",
    migrate: schema.migrate,
    async advance(owner, news) {
      const { status, progress, settled, checkInMs, authoritative } = news;
      const key = await jobKey(owner, news.id);
      const statement = authoritative ? statements.advanceByAnswer : statements.advance;
      const identity = [key, ...ownerValues(owner), storedId(news)];
      const state = [status, rankOf(status), progress ?? "", settled ? 1 : 0, Math.round(checkInMs)];
      const [row] = await run("record a job", statement, ...identity, ...state);
      return toTrackedJob(row ?? {});
    },
    async get(owner, id) {
      const [row] = await run("read a job", statements.get, await jobKey(owner, id));
      return row === undefined ? null : toTrackedJob(row);
    },
    async list(owner, { limit, before }) {
      const values = [...ownerValues(owner), limit, before === undefined ? "" : await jobKey(owner, before)];
      return (await run("list jobs", statements.list, ...values)).map(toTrackedJob);
    },
    async count(owner) {
      const rows = await run("count jobs", statements.count, ...ownerValues(owner));
      return rows.map((row) => toJobCount(owner, row));
    },
    async claimDue(owner, { limit, leaseMs }) {
      const rows = await run("claim jobs", statements.claimDue, leaseMs, ...ownerValues(owner), limit);
      return rows.map(toTrackedJob);
    },
    async postpone(owner, id, { checkInMs, failures, problem, asked, unsettle }) {
      const statement = unsettle === true ? statements.unsettle : statements.postpone;
      const key = await jobKey(owner, id);
      const values = [Math.round(checkInMs), failures, problem ?? "", key, asked ? 1 : 0];
      await run("postpone a job", statement, ...values);
    },
    async purge(owner, olderThanMs, limit) {
      return (await run("purge jobs", statements.purge, ...ownerValues(owner), olderThanMs, limit)).length;
    },
    close() {},
  };
}
