import { setImmediate as nextTurn } from "node:timers/promises";
import type { InboxFailureGroup, InboxTally, OutcomeCode } from "@latchhook/core";
import { joinFailures, joinTallies, type SenderSuccess } from "../../shared/inbox/failure-groups.ts";
import { mostCounted, mostOpen, mostTypes } from "../../shared/inbox/limits.ts";
import type { Row } from "../../shared/sqlite/connection.ts";
import type { Tables } from "../schema.ts";
import { isRunning } from "./conditions.ts";
import type { Reader } from "./reads.ts";
import { numberOrNull, textOrNull } from "./rows.ts";
import { stretches } from "./scan.ts";

/** Failed and dead deliveries by what they failed with; the newest group first. */
export function groupFailures(reader: Reader, limit: number): Promise<readonly InboxFailureGroup[]> {
  return joinFailures(openGroups(reader), limit);
}

/** How many have not succeeded, by provider and scope. */
export function tallySenders(reader: Reader): Promise<readonly InboxTally[]> {
  return joinTallies(senders(reader), openGroups(reader));
}

/** How many senders are looked at before the process breathes. */
const sendersAtOnce = 100;

/** Goes from one sender to the next in their index. */
async function* senders({ connection, tables }: Reader): AsyncGenerator<SenderSuccess> {
  let found = 0;
  let [sender] = connection.read(
    `SELECT provider, scope FROM ${tables.inbox} ORDER BY provider, scope LIMIT 1`,
  );
  while (sender !== undefined) {
    const names = [String(sender.provider), String(sender.scope)] as const;
    const [success] = connection.read(
      `SELECT max(succeeded_at) AS at FROM ${tables.inbox} WHERE provider = ? AND scope = ?`,
      ...names,
    );
    const [provider, scope] = names;
    if (++found % sendersAtOnce === 0) await nextTurn();
    yield { provider, scope, lastSuccessAt: numberOrNull(success?.at) };
    // In two parts: to compare both columns at once, SQLite would go through all rows of the sender.
    [sender] = connection.read(
      `SELECT * FROM (
        SELECT provider, scope FROM ${tables.inbox} WHERE provider = ? AND scope > ? ORDER BY scope LIMIT 1
      ) UNION ALL SELECT * FROM (
        SELECT provider, scope FROM ${tables.inbox} WHERE provider > ? ORDER BY provider, scope LIMIT 1
      ) LIMIT 1`,
      ...[provider, scope, provider],
    );
  }
}

/** The newest deliveries that have not succeeded and that nobody runs now, in groups, one stretch after the other. */
async function* openGroups({
  connection,
  tables,
  now,
}: Reader): AsyncGenerator<readonly InboxFailureGroup[]> {
  const sql = groupSql(tables);
  let seen = 0;
  for await (const { from, to } of stretches(connection, tables, { open: true, order: "newest first" })) {
    const rows = connection.read(sql, ...[now, now, from, to, now]);
    yield rows.map(toGroup);
    seen += rows.reduce((sum, row) => sum + Number(row.failed) + Number(row.dead), 0);
    if (seen >= mostOpen) return;
  }
}

// What is neither grouped by nor computed is taken from the row with the highest sequence
// (https://www.sqlite.org/lang_select.html#bareagg).
function groupSql(tables: Tables): string {
  return `SELECT provider, scope, error_name, error, error_frame, last_outcome, hex(key) AS key_hex,
      max(sequence) AS newest, total(dead_at > ?) AS failed, total(dead_at <= ?) AS dead, min(received_at) AS first_at,
      max(last_at) AS last_at, json_group_array(DISTINCT type) AS types
    FROM ${tables.inbox} AS item
    WHERE state <> 'done' AND state = 'failed' AND sequence BETWEEN ? AND ? AND NOT ${isRunning(tables)}
    GROUP BY provider, scope, error_name, error`;
}

function toGroup(row: Row): InboxFailureGroup {
  return {
    provider: String(row.provider),
    scope: String(row.scope),
    errorName: textOrNull(row.error_name),
    error: textOrNull(row.error),
    errorFrame: textOrNull(row.error_frame),
    outcome: row.last_outcome as OutcomeCode,
    failed: Math.min(mostCounted, Number(row.failed)),
    dead: Math.min(mostCounted, Number(row.dead)),
    firstAt: Number(row.first_at),
    lastAt: Number(row.last_at),
    newestKey: String(row.key_hex).toLowerCase(),
    types: (JSON.parse(String(row.types)) as string[]).slice(0, mostTypes),
  };
}
