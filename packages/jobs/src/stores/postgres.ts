import { LatchhookError } from "@latchhook/core";
import { connectDatabase, type PostgresClient } from "@latchhook/stores/postgres/connect-database";
import type { Row } from "@latchhook/stores/postgres/database";
import { retryOnce, toStoreError } from "@latchhook/stores/postgres/database-error";
import {
  advanceAssignments,
  jobColumns,
  jobKey,
  rankOf,
  storedId,
  toTrackedJob,
} from "../tracking/job-row.ts";
import type { JobOwner, JobStore } from "../tracking/job-store.ts";

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

const now = "(extract(epoch from clock_timestamp()) * 1000)::bigint";

/**
 * Keeps tracked jobs in PostgreSQL 13 or later. Call `migrate()` when you deploy, or run what
 * {@link printJobMigrations} prints.
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
  const statements = createStatements(names.table);

  /** All values are texts, which the SQL casts; null and what clients would map on their own are written in it. */
  async function run(
    operation: string,
    statement: { readonly name: string; readonly text: string },
    ...values: readonly (string | number)[]
  ): Promise<readonly Row[]> {
    try {
      return await retryOnce(() => database.query(statement, values.map(String)));
    } catch (error) {
      throw toStoreError(error, operation);
    }
  }

  const ownerValues = ({ scope, provider }: JobOwner): [string, string] => [scope, provider];
  return {
    name: "postgres",
    async migrate() {
      try {
        await database.transaction(async (_transaction, query) => {
          await query({ text: "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))" }, [names.table]);
          for (const text of schema(names)) await query({ text }, []);
        });
      } catch (error) {
        throw toStoreError(error, "migrate the jobs table");
      }
    },
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
    async list(owner, limit) {
      return (await run("list jobs", statements.list, ...ownerValues(owner), limit)).map(toTrackedJob);
    },
    async claimDue(owner, { limit, leaseMs }) {
      const rows = await run("claim jobs", statements.claimDue, leaseMs, ...ownerValues(owner), limit);
      return rows.map(toTrackedJob);
    },
    async postpone(owner, id, { checkInMs, failures, problem, unsettle }) {
      const statement = unsettle === true ? statements.unsettle : statements.postpone;
      const values = [Math.round(checkInMs), failures, problem ?? "", await jobKey(owner, id)];
      await run("postpone a job", statement, ...values);
    },
    async purge(owner, olderThanMs, limit) {
      return (await run("purge jobs", statements.purge, ...ownerValues(owner), olderThanMs, limit)).length;
    },
    close() {},
  };
}

/**
 * The SQL that creates the table, for those who run migrations with their own tool and role. It may be run again.
 *
 * @example
 * console.log(printJobMigrations({ schema: "webhooks" }));
 */
export function printJobMigrations(
  options: Pick<PostgresJobsOptions, "schema" | "tablePrefix"> = {},
): string {
  return schema(resolveNames(options))
    .map((statement) => `${statement};\n`)
    .join("\n");
}

interface Names {
  readonly table: string;
  readonly index: string;
}

function resolveNames({
  schema: inSchema = "public",
  tablePrefix = "latchhook_",
}: Pick<PostgresJobsOptions, "schema" | "tablePrefix">): Names {
  for (const [option, value] of Object.entries({ schema: inSchema, tablePrefix })) {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,39}$/.test(value)) {
      throw new LatchhookError(
        "invalid-option",
        `postgresJobs: ${option} must be a plain SQL name of at most 40 characters.`,
      );
    }
  }
  return { table: `"${inSchema}"."${tablePrefix}jobs"`, index: `"${tablePrefix}jobs_due"` };
}

/** Schema 1. A later one adds columns to it. */
function schema({ table, index }: Names): readonly string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${table} (
  key text PRIMARY KEY,
  scope text NOT NULL,
  provider text NOT NULL,
  job_id text NOT NULL,
  status text NOT NULL,
  rank smallint NOT NULL,
  progress double precision,
  settled smallint NOT NULL,
  problem text,
  failures integer NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  next_check_at bigint NOT NULL
)`,
    `CREATE INDEX IF NOT EXISTS ${index} ON ${table} (scope, provider, next_check_at) WHERE settled = 0`,
  ];
}

function createStatements(table: string) {
  const statement = (name: string, text: string) => ({ name: `latchhook_jobs_${name}_1`, text });
  const columns = jobColumns.replaceAll(/\w+/g, (column) => `jobs.${column}`);
  const advance = (authoritative: boolean): string => `INSERT INTO ${table} AS jobs
    (key, scope, provider, job_id, status, rank, progress, settled, failures, created_at, updated_at, next_check_at)
    VALUES ($1, $2, $3, $4, $5, $6::smallint, nullif($7, '')::double precision, $8::smallint, 0,
      ${now}, ${now}, ${now} + $9::bigint)
    ON CONFLICT (key) DO UPDATE SET ${advanceAssignments("jobs", authoritative)} RETURNING ${columns}`;
  const postpone = (settled: string): string => `UPDATE ${table} SET ${settled}
    next_check_at = ${now} + $1::bigint, failures = $2::integer, problem = nullif($3, '') WHERE key = $4`;
  return {
    advance: statement("advance", advance(false)),
    advanceByAnswer: statement("answer", advance(true)),
    get: statement("get", `SELECT ${columns} FROM ${table} AS jobs WHERE key = $1`),
    list: statement(
      "list",
      `SELECT ${columns} FROM ${table} AS jobs WHERE scope = $1 AND provider = $2
      ORDER BY created_at DESC, key LIMIT $3::integer`,
    ),
    // SKIP LOCKED: of several processes that ask at once, each gets other jobs, and none waits.
    claimDue: statement(
      "claim",
      `UPDATE ${table} AS jobs SET next_check_at = ${now} + $1::bigint WHERE key IN (
        SELECT key FROM ${table} WHERE scope = $2 AND provider = $3 AND settled = 0 AND next_check_at <= ${now}
        ORDER BY next_check_at LIMIT $4::integer FOR UPDATE SKIP LOCKED) RETURNING ${columns}`,
    ),
    postpone: statement("postpone", `${postpone("")} AND settled = 0`),
    unsettle: statement("unsettle", postpone("settled = 0,")),
    purge: statement(
      "purge",
      `DELETE FROM ${table} WHERE key IN (
        SELECT key FROM ${table} WHERE scope = $1 AND provider = $2 AND settled = 1
          AND updated_at <= ${now} - $3::bigint LIMIT $4::integer FOR UPDATE SKIP LOCKED) RETURNING key`,
    ),
  };
}
