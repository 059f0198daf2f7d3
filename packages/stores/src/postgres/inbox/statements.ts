import { countsRetainMs } from "../../shared/inbox/limits.ts";
import type { Statement } from "../../shared/postgres/database.ts";
import { namedStatement } from "../../shared/postgres/statement.ts";
import type { Names } from "../names.ts";
import { isRunning, nowSql } from "./conditions.ts";

/** What writes the inbox. */
export interface InboxStatements {
  readonly complete: Statement;
  readonly completeMany: Statement;
  readonly fail: Statement;
  readonly markCommit: Statement;
  readonly note: Statement;
  readonly dismiss: Statement;
  readonly dropBody: Statement;
  readonly purge: Statement;
}

const decodedKeys = "ARRAY(SELECT decode(key, 'hex') FROM unnest($1::text::text[]) AS key)";
/** Holds for the statement that it is in. */
const limitedWait = "set_config('lock_timeout', '1s', true) IS NOT NULL";

export function createInboxStatements(names: Names): InboxStatements {
  const { complete, completeMany, fail, note, deliveries } = names.inbox;
  return {
    complete: namedStatement(
      "complete_recorded",
      ["outcome"],
      `SELECT ${complete}(decode($1, 'hex'), $2, $3, $4, $5::text::json) AS outcome`,
    ),
    completeMany: namedStatement(
      "complete_many_recorded",
      ["place", "outcome"],
      `SELECT place, outcome
FROM ${completeMany}(${decodedKeys}, $2::text::text[], $3::text::bigint[], $4::text::float8[], $5::text::json)`,
    ),
    fail: namedStatement(
      "fail_recorded",
      ["outcome"],
      `SELECT ${fail}(decode($1, 'hex'), $2, $3, $4::text::json) AS outcome`,
    ),
    // As without a record: refused where the work has ended the transaction itself.
    markCommit: namedStatement(
      "mark_commit_recorded",
      ["outcome"],
      `SELECT CASE
  WHEN current_setting('latchhook.fence', true) = $3::text
    THEN ${complete}(decode($1, 'hex'), $2, $3::text::bigint, $4, $5::text::json)
  ELSE 'outside'
END AS outcome`,
    ),
    note: namedStatement(
      "inbox_note",
      ["note"],
      `SELECT ${note}($1::text::json, $2::text::json)::text AS note`,
    ),
    dismiss: namedStatement(
      "inbox_dismiss",
      ["key"],
      `UPDATE ${deliveries} AS item SET state = 'dismissed'
WHERE item.key = decode($1, 'hex') AND item.state = 'failed' AND NOT ${isRunning(names)} AND ${limitedWait}
RETURNING 'dismissed' AS key`,
    ),
    dropBody: namedStatement(
      "inbox_drop_body",
      ["key"],
      `UPDATE ${deliveries} SET body = NULL, body_until = NULL
WHERE key = decode($1, 'hex') AND body IS NOT NULL AND ${limitedWait}
RETURNING 'dropped' AS key`,
    ),
    purge: purgeStatement(names),
  };
}

// Rows that another process has locked are left to it. One whose delivery is in flight is looked at again when its lease
// is over. The sequences are compared as arrays, as purge of the deliveries does.
function purgeStatement(names: Names): Statement {
  const { deliveries, attempts, counts } = names.inbox;
  return namedStatement(
    "inbox_purge",
    ["due", "purged"],
    `WITH moment AS MATERIALIZED (
  SELECT ${nowSql} AS now
), due AS MATERIALIZED (
  SELECT item.sequence, ${isRunning(names)} AS running FROM ${deliveries} AS item
  WHERE item.expires_at <= (SELECT now FROM moment)
  ORDER BY item.expires_at
  LIMIT $1::text::integer
  FOR UPDATE OF item SKIP LOCKED
), kept AS (
  UPDATE ${deliveries} AS item SET expires_at = coalesce((
    SELECT (extract(epoch FROM claim.leased_until) * 1000)::bigint FROM ${names.deliveries} AS claim
    WHERE claim.key = item.key
  ), expires_at)
  WHERE item.sequence = ANY (ARRAY(SELECT sequence FROM due WHERE running))
), purged AS (
  DELETE FROM ${deliveries} WHERE sequence = ANY (ARRAY(SELECT sequence FROM due WHERE NOT running))
  RETURNING 1
), purged_attempts AS (
  DELETE FROM ${attempts} WHERE sequence = ANY (ARRAY(SELECT sequence FROM due WHERE NOT running))
), stale AS MATERIALIZED (
  SELECT item.sequence FROM ${deliveries} AS item
  WHERE item.body IS NOT NULL AND item.body_until <= (SELECT now FROM moment)
    AND item.expires_at > (SELECT now FROM moment) AND NOT ${isRunning(names)}
  ORDER BY item.body_until
  LIMIT $1::text::integer
  FOR UPDATE OF item SKIP LOCKED
), dropped AS (
  UPDATE ${deliveries} SET body = NULL, body_until = NULL
  WHERE sequence = ANY (ARRAY(SELECT sequence FROM stale))
), purged_counts AS (
  DELETE FROM ${counts} WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM ${counts} WHERE minute < (SELECT now FROM moment) - ${countsRetainMs}
    ORDER BY minute
    LIMIT $1::text::integer
    FOR UPDATE SKIP LOCKED
  ))
)
SELECT greatest((SELECT count(*) FROM due), (SELECT count(*) FROM stale)) AS due,
  (SELECT count(*) FROM purged) AS purged`,
  );
}
