import type { Statement } from "../shared/postgres/database.ts";
import { namedStatement } from "../shared/postgres/statement.ts";
import type { Names } from "./names.ts";

/** The SQL of every operation. Parameters are texts; arrays are PostgreSQL's array literals. */
export interface Statements {
  readonly claim: Statement;
  readonly claimMany: Statement;
  readonly extend: Statement;
  readonly complete: Statement;
  readonly completeMany: Statement;
  readonly fail: Statement;
  readonly reopen: Statement;
  readonly openCommit: Statement;
  readonly markCommit: Statement;
  readonly readCommit: Statement;
  readonly purge: Statement;
}

const decodedKeys = "ARRAY(SELECT decode(key, 'hex') FROM unnest($1::text::text[]) AS key)";

/** Writes the statements for the tables and functions under `names`. */
export function createStatements(names: Names): Statements {
  const { claim, claimMany, complete, completeMany, extend, fail, reopen } = names;
  return {
    claim: namedStatement("claim", ["outcome"], `SELECT ${claim}(decode($1, 'hex'), $2, $3, $4) AS outcome`),
    claimMany: namedStatement(
      "claim_many",
      ["place", "outcome"],
      `SELECT place, outcome
FROM ${claimMany}(${decodedKeys}, $2::text::text[], $3::text::float8[], $4::text::float8[])`,
    ),
    extend: namedStatement(
      "extend",
      ["outcome"],
      `SELECT ${extend}(decode($1, 'hex'), $2, $3, $4) AS outcome`,
    ),
    complete: namedStatement(
      "complete",
      ["outcome"],
      `SELECT ${complete}(decode($1, 'hex'), $2, $3, $4) AS outcome`,
    ),
    completeMany: namedStatement(
      "complete_many",
      ["place", "outcome"],
      `SELECT place, outcome
FROM ${completeMany}(${decodedKeys}, $2::text::text[], $3::text::bigint[], $4::text::float8[])`,
    ),
    fail: namedStatement("fail", ["outcome"], `SELECT ${fail}(decode($1, 'hex'), $2, $3) AS outcome`),
    reopen: namedStatement(
      "reopen",
      ["outcome"],
      `SELECT ${reopen}(decode($1, 'hex'), $2, $3, $4) AS outcome`,
    ),
    ...commitStatements(names),
    purge: purgeStatement(names),
  };
}

// The setting lives as long as the transaction. The mark is refused where it is gone: then the work has ended the
// transaction itself, and "done" would stand without the work's writes.
function commitStatements({
  deliveries,
  complete,
}: Names): Pick<Statements, "openCommit" | "markCommit" | "readCommit"> {
  const mine = "key = decode($1, 'hex') AND owner = $2 AND fence = $3::text::bigint";
  return {
    openCommit: namedStatement(
      "open_commit",
      ["set_config", "state"],
      `SELECT set_config('latchhook.fence', $3::text, true),
  (SELECT state FROM ${deliveries} WHERE ${mine}) AS state`,
    ),
    markCommit: namedStatement(
      "mark_commit",
      ["outcome"],
      `SELECT CASE
  WHEN current_setting('latchhook.fence', true) = $3::text
    THEN ${complete}(decode($1, 'hex'), $2, $3::text::bigint, $4)
  ELSE 'outside'
END AS outcome`,
    ),
    // The lock waits for a COMMIT that is still under way, so that the answer is final.
    readCommit: namedStatement(
      "read_commit",
      ["state"],
      `SELECT state FROM ${deliveries}
WHERE ${mine} AND set_config('lock_timeout', '1s', true) IS NOT NULL
FOR SHARE`,
    ),
  };
}

// now() is the statement's own time here, and unlike clock_timestamp() it can be looked up in the index. Rows that
// another process has locked are left to it. The keys are compared as an array because a join with so many rows as
// the planner expects of an unknown LIMIT would read the whole table.
function purgeStatement({ deliveries }: Names): Statement {
  return namedStatement(
    "purge",
    ["due", "purged"],
    `WITH due AS MATERIALIZED (
  SELECT key FROM ${deliveries}
  WHERE purge_at <= now()
  ORDER BY purge_at
  LIMIT $1::text::integer
  FOR UPDATE SKIP LOCKED
), kept AS (
  UPDATE ${deliveries} SET purge_at = expires_at
  WHERE key = ANY (ARRAY(SELECT key FROM due)) AND expires_at > now()
), purged AS (
  DELETE FROM ${deliveries}
  WHERE key = ANY (ARRAY(SELECT key FROM due)) AND expires_at <= now()
  RETURNING 1
)
SELECT (SELECT count(*) FROM due) AS due, (SELECT count(*) FROM purged) AS purged`,
  );
}
