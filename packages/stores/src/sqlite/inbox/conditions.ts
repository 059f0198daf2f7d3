import { Buffer } from "node:buffer";
import type { InboxFilter, InboxState } from "@latchhook/core";
import { plainText, whole } from "../../shared/inbox/flat-record.ts";
import type { SqliteValue } from "../../shared/sqlite/driver.ts";
import { inFlight, type Tables } from "../schema.ts";

/** Conditions on the row `item` of the inbox, with the values of their parameters. */
export interface Conditions {
  readonly sql: readonly string[];
  readonly values: readonly SqliteValue[];
}

/** Whether a claim of the delivery `item` stands at the time that is the one parameter. */
export function isRunning({ deliveries }: Tables): string {
  return `EXISTS (SELECT 1 FROM ${deliveries} AS claim
    WHERE claim.key = item.key AND claim.state = ${inFlight} AND claim.lease_until > ?)`;
}

/** The state of the delivery `item`, as people see it, at the time that is both parameters. */
export function stateSql(tables: Tables): string {
  return `CASE
    WHEN ${isRunning(tables)} THEN 'running'
    WHEN item.state = 'failed' AND item.dead_at <= ? THEN 'dead'
    ELSE item.state
  END`;
}

/** What matches a filter. The cheapest conditions come first, for SQLite tests them in this order. */
export function conditionsFor(tables: Tables, filter: InboxFilter, now: number): Conditions {
  const sql: string[] = [];
  const values: SqliteValue[] = [];
  const equal: readonly (readonly [column: string, value: string | undefined])[] = [
    ["provider", filter.provider],
    ["scope", filter.scope],
    ["last_outcome", filter.outcome],
    ["type", filter.type],
    ["error", filter.error],
  ];
  for (const [column, value] of equal) {
    if (value === undefined) continue;
    sql.push(`item.${column} = ?`);
    values.push(plainText(value));
  }
  if (filter.since !== undefined) {
    sql.push("item.received_at >= ?");
    values.push(whole(filter.since));
  }
  if (filter.until !== undefined) {
    sql.push("item.received_at < ?");
    values.push(whole(filter.until));
  }
  if (filter.state !== undefined) {
    const { conditions, times } = inState(tables, filter.state);
    sql.push(...conditions);
    values.push(...times.map(() => now));
  }
  return { sql, values };
}

/** The sequences of what a search finds, as a query. Each index is asked for itself. */
export function searchFor({ inbox }: Tables, search: string): Conditions {
  const text = plainText(search);
  const isKey = /^[0-9a-f]{64}$/.test(search);
  return {
    sql: [
      ...(isKey ? [`SELECT sequence FROM ${inbox} WHERE key = ?`] : []),
      `SELECT sequence FROM ${inbox} WHERE event_id = ?`,
      `SELECT sequence FROM ${inbox} WHERE job_id = ?`,
    ],
    values: [...(isKey ? [Buffer.from(search, "hex")] : []), text, text],
  };
}

function inState(
  tables: Tables,
  state: InboxState,
): { readonly conditions: readonly string[]; readonly times: readonly unknown[] } {
  const running = isRunning(tables);
  if (state === "running") return { conditions: [running], times: [running] };
  const stored = state === "dead" ? "failed" : state;
  const dead = { failed: ["item.dead_at > ?"], dead: ["item.dead_at <= ?"], done: [], dismissed: [] }[state];
  return {
    conditions: [`item.state = '${stored}'`, ...dead, `NOT ${running}`],
    times: [...dead, running],
  };
}
