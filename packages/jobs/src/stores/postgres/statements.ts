import { namedStatement, type Statement } from "@latchhook/stores/kit";
import { advanceAssignments, jobColumns } from "../../tracking/job-row.ts";

const now = "(extract(epoch from clock_timestamp()) * 1000)::bigint";

/** The statements on the table. */
export function createStatements(table: string) {
  const named = jobColumns.split(", ");
  const statement = (name: string, text: string): Statement => namedStatement(`jobs_${name}`, named, text);
  const columns = jobColumns.replaceAll(/\w+/g, (column) => `jobs.${column}`);
  const advance = (authoritative: boolean): string => `INSERT INTO ${table} AS jobs
    (key, scope, provider, job_id, status, rank, progress, settled, failures, created_at, updated_at, next_check_at${authoritative ? ", checked_at" : ""})
    VALUES ($1, $2, $3, $4, $5, $6::smallint, nullif($7, '')::double precision, $8::smallint, 0,
      ${now}, ${now}, ${now} + $9::bigint${authoritative ? `, ${now}` : ""})
    ON CONFLICT (key) DO UPDATE SET ${advanceAssignments("jobs", authoritative)} RETURNING ${columns}`;
  const postpone = (settled: string): string => `UPDATE ${table} SET ${settled}
    next_check_at = ${now} + $1::bigint, failures = $2::integer, problem = nullif($3, ''),
      checked_at = CASE WHEN $5::integer = 1 THEN ${now} ELSE checked_at END WHERE key = $4`;
  return {
    advance: statement("advance", advance(false)),
    advanceByAnswer: statement("answer", advance(true)),
    get: statement("get", `SELECT ${columns} FROM ${table} AS jobs WHERE key = $1`),
    list: statement(
      "list",
      `SELECT ${columns} FROM ${table} AS jobs WHERE scope = $1 AND provider = $2
        AND ($4 = '' OR created_at < (SELECT created_at FROM ${table} WHERE key = $4)
          OR created_at = (SELECT created_at FROM ${table} WHERE key = $4) AND key > $4)
      ORDER BY created_at DESC, key LIMIT $3::integer`,
    ),
    count: namedStatement(
      "jobs_count",
      ["status", "count"],
      `SELECT status, count(*) AS count FROM ${table} WHERE scope = $1 AND provider = $2 GROUP BY status`,
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
    purge: namedStatement(
      "jobs_purge",
      ["key"],
      `DELETE FROM ${table} WHERE key IN (
        SELECT key FROM ${table} WHERE scope = $1 AND provider = $2 AND settled = 1
          AND updated_at <= ${now} - $3::bigint LIMIT $4::integer FOR UPDATE SKIP LOCKED) RETURNING key`,
    ),
  };
}
