import type { InboxFilter } from "@latchhook/core";
import { plainText } from "../../shared/inbox/flat-record.ts";
import type { Names } from "../names.ts";
import { receivedBetween } from "./received-between.ts";

/** The time in milliseconds since 1970. */
export const nowSql = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

/** Texts for the parameters of a statement, each under its number. */
export interface Parameters {
  readonly values: readonly string[];
  /** Adds a value, and returns how SQL speaks of it. */
  add(value: string): string;
}

export function createParameters(): Parameters {
  const values: string[] = [];
  return { values, add: (value) => `$${values.push(value)}::text` };
}

/**
 * Whether a claim of the delivery `item` stands now. Neither EXISTS nor a join: for those the planner may read all of
 * the deliveries.
 */
export function isRunning({ deliveries }: Names): string {
  return `coalesce((SELECT claim.state = 'claimed' AND claim.leased_until > clock_timestamp()
    FROM ${deliveries} AS claim WHERE claim.key = item.key), false)`;
}

/** The state of the delivery `item`, as people see it. */
export function stateSql(names: Names): string {
  return `CASE
    WHEN ${isRunning(names)} THEN 'running'
    WHEN item.state = 'failed' AND item.dead_at <= ${nowSql} THEN 'dead'
    ELSE item.state
  END`;
}

/** Conditions on the row `item` of the inbox: those that an index answers, and those that rows are compared with. */
export interface Conditions {
  readonly indexed: readonly string[];
  readonly compared: readonly string[];
}

/** What matches a filter. */
export function conditionsFor(names: Names, filter: InboxFilter, parameters: Parameters): Conditions {
  const { add } = parameters;
  const { state, search } = filter;
  const equal: readonly (readonly [column: string, value: string | undefined])[] = [
    ["provider", filter.provider],
    ["scope", filter.scope],
    ["type", filter.type],
    ["last_outcome", filter.outcome],
    ["error", filter.error],
  ];
  const indexed = [
    ...receivedBetween(names, filter, parameters),
    ...(search === undefined ? [] : [foundBy(names, search, add)]),
    // What is done is not open, and so not in the index of what is; nobody claims it, unless it was forgotten.
    ...(state === undefined || state === "done" ? [] : ["item.state <> 'done'"]),
  ];
  const compared = [
    ...equal.flatMap(([column, value]) =>
      value === undefined ? [] : [`item.${column} = ${add(plainText(value))}`],
    ),
    ...(state === undefined ? [] : inState(names, state)),
  ];
  return { indexed, compared };
}

/** Each index is asked for itself: a choice of conditions may be answered by reading the whole table. */
function foundBy({ inbox }: Names, search: string, add: Parameters["add"]): string {
  const text = add(plainText(search));
  const byKey = /^[0-9a-f]{64}$/.test(search)
    ? [`SELECT sequence FROM ${inbox.deliveries} WHERE key = decode(${text}, 'hex')`]
    : [];
  const byId = ["event_id", "job_id"].map(
    (column) =>
      `SELECT sequence FROM ${inbox.deliveries} WHERE left(${column}, 100) = left(${text}, 100) AND ${column} = ${text}`,
  );
  return `item.sequence = ANY (ARRAY(${[...byKey, ...byId].join(" UNION ")}))`;
}

function inState(names: Names, state: NonNullable<InboxFilter["state"]>): readonly string[] {
  const running = isRunning(names);
  if (state === "running") return [running];
  const dead = `item.dead_at <= ${nowSql}`;
  const stored = {
    failed: ["item.state = 'failed'", `NOT ${dead}`],
    dead: ["item.state = 'failed'", dead],
    done: ["item.state = 'done'"],
    dismissed: ["item.state = 'dismissed'"],
  };
  return [...stored[state], `NOT ${running}`];
}
