import type { InboxFilter, InboxQuery } from "@latchhook/core";
import { whole } from "../../shared/inbox/flat-record.ts";
import { mostAttempts, mostCompared, mostCounted, mostOpen } from "../../shared/inbox/limits.ts";
import type { Names } from "../names.ts";
import { type Conditions, conditionsFor, createParameters, isRunning, nowSql } from "./conditions.ts";
import { attemptJson, deliveryJson, jsonObject, lastAttemptJson } from "./delivery-json.ts";

/** A read: each row of its answer is one JSON text, `row`. */
export interface Read {
  readonly text: string;
  readonly values: readonly string[];
}

/** Newest first, or with `after` oldest first. */
export function listDeliveries(names: Names, { before, after, limit, ...filter }: InboxQuery): Read {
  const parameters = createParameters();
  const { indexed, compared } = conditionsFor(names, filter, parameters);
  const page = [
    ...(before === undefined ? [] : [`item.sequence < ${parameters.add(String(whole(before)))}::bigint`]),
    ...(after === undefined ? [] : [`item.sequence > ${parameters.add(String(whole(after)))}::bigint`]),
  ];
  const order = after === undefined ? "DESC" : "ASC";
  const text = `SELECT ${deliveryJson(names)}::text AS row
FROM ${matching(names, { indexed: [...indexed, ...page], compared }, order)}
ORDER BY item.sequence ${order}
LIMIT ${parameters.add(String(limit))}::integer`;
  return { text, values: parameters.values };
}

export function countDeliveries(names: Names, filter: InboxFilter, limit: number): Read {
  const parameters = createParameters();
  const conditions = conditionsFor(names, filter, parameters);
  const text = `SELECT count(*)::text AS row
FROM (
  SELECT FROM ${matching(names, conditions, "DESC")}
  LIMIT ${parameters.add(String(limit))}::integer
) AS matching`;
  return { text, values: parameters.values };
}

export function findDelivery(names: Names, key: string): Read {
  const { deliveries, attempts } = names.inbox;
  const entry = jsonObject({
    delivery: deliveryJson(names),
    last: lastAttemptJson,
    earlier: `(SELECT coalesce(json_agg(${attemptJson} ORDER BY earlier.number), '[]')
      FROM ${attempts} AS earlier
      WHERE earlier.sequence = item.sequence AND earlier.number > item.attempts - ${mostAttempts})`,
    headers: "item.headers",
    body: "encode(item.body, 'hex')",
  });
  const text = `SELECT ${entry}::text AS row FROM ${deliveries} AS item WHERE item.key = decode($1::text, 'hex')`;
  return { text, values: [key] };
}

/** The newest deliveries that are open, as `item`: those that have not succeeded and that nobody runs now. */
function openDeliveries(names: Names): string {
  return `item AS MATERIALIZED (
  SELECT sequence, provider, scope, type, error_name, error, received_at, last_at,
    dead_at <= ${nowSql} AS dead
  FROM (
    SELECT * FROM ${names.inbox.deliveries}
    WHERE state <> 'done'
    ORDER BY sequence DESC
    LIMIT ${mostOpen}
  ) AS item
  WHERE item.state = 'failed' AND NOT ${isRunning(names)}
)`;
}

const failedCount = `least(count(*) FILTER (WHERE NOT dead), ${mostCounted})`;
const deadCount = `least(count(*) FILTER (WHERE dead), ${mostCounted})`;

export function groupFailures(names: Names, limit: number): Read {
  const group = jsonObject({
    provider: "found.provider",
    scope: "found.scope",
    errorName: "found.error_name",
    error: "found.error",
    errorFrame: "newest.error_frame",
    outcome: "newest.last_outcome",
    failed: "found.failed",
    dead: "found.dead",
    firstAt: "found.first_at",
    lastAt: "found.last_at",
    newestKey: "encode(newest.key, 'hex')",
    types: "found.types",
  });
  const text = `WITH ${openDeliveries(names)}, found AS (
  SELECT provider, scope, error_name, error, max(sequence) AS newest,
    ${failedCount} AS failed, ${deadCount} AS dead, min(received_at) AS first_at, max(last_at) AS last_at,
    (array_agg(DISTINCT type))[1:5] AS types
  FROM item
  GROUP BY provider, scope, error_name, error
  ORDER BY last_at DESC
  LIMIT $1::text::integer
)
SELECT ${group}::text AS row
FROM found JOIN ${names.inbox.deliveries} AS newest ON newest.sequence = found.newest
ORDER BY found.last_at DESC`;
  return { text, values: [String(limit)] };
}

/** Senders are found by going from one to the next in their index. */
export function tallySenders(names: Names): Read {
  const { deliveries } = names.inbox;
  const tally = jsonObject({
    provider: "sender.provider",
    scope: "sender.scope",
    failed: "coalesce(open.failed, 0)",
    dead: "coalesce(open.dead, 0)",
    oldestFailedAt: "open.oldest",
    lastSuccessAt: `(SELECT max(item.succeeded_at) FROM ${deliveries} AS item
      WHERE item.provider = sender.provider AND item.scope = sender.scope)`,
  });
  const text = `WITH RECURSIVE sender AS (
  (SELECT provider, scope FROM ${deliveries} ORDER BY provider, scope LIMIT 1)
  UNION ALL
  SELECT following.provider, following.scope
  FROM sender, LATERAL (
    SELECT item.provider, item.scope FROM ${deliveries} AS item
    WHERE (item.provider, item.scope) > (sender.provider, sender.scope)
    ORDER BY item.provider, item.scope
    LIMIT 1
  ) AS following
), ${openDeliveries(names)}, open AS (
  SELECT provider, scope, ${failedCount} AS failed, ${deadCount} AS dead, min(received_at) AS oldest
  FROM item
  GROUP BY provider, scope
)
SELECT ${tally}::text AS row FROM sender LEFT JOIN open USING (provider, scope)
ORDER BY sender.provider, sender.scope`;
  return { text, values: [] };
}

export function readCounts({ inbox }: Names, since: number): Read {
  const count = jsonObject({
    minute: "minute",
    scope: "scope",
    provider: "provider",
    outcome: "outcome",
    reason: "reason",
    bucketMs: "bucket_ms",
    secretIndex: "secret_index",
    count: "count",
  });
  const text = `SELECT ${count}::text AS row FROM ${inbox.counts} WHERE minute >= $1::text::bigint
ORDER BY minute, provider, scope, outcome, reason, bucket_ms, secret_index`;
  return { text, values: [String(whole(since))] };
}

/** The deliveries that match, as `item`: of so many as are compared. */
function matching(names: Names, { indexed, compared }: Conditions, order: "ASC" | "DESC"): string {
  return `(
  SELECT * FROM ${names.inbox.deliveries} AS item
  ${where(indexed)}
  ORDER BY item.sequence ${order}
  LIMIT ${mostCompared}
) AS item
${where(compared)}`;
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? "" : `WHERE ${conditions.join("\n  AND ")}`;
}
