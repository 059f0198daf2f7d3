import { setImmediate as nextTurn } from "node:timers/promises";
import { type InboxFilter, LatchhookError } from "@latchhook/core";
import { mostCompared, readLimitMs } from "../../shared/inbox/limits.ts";
import type { Connection } from "../../shared/sqlite/connection.ts";
import type { Tables } from "../schema.ts";
import { receivedBetween } from "./received-between.ts";

/** A stretch of the inbox: its deliveries from one sequence to another, both included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface ScanOptions extends Pick<InboxFilter, "since" | "until"> {
  /** Only deliveries that are not done, which are in an index of their own. */
  readonly open: boolean;
  readonly order: "newest first" | "oldest first";
  /** Only deliveries with a lower, and with a higher sequence. */
  readonly before?: number | undefined;
  readonly after?: number | undefined;
}

/** How many rows are read at once: about a millisecond, in which the process does nothing else. */
const stretchRows = 2_000;

/**
 * Goes through the inbox in stretches, and lets the process breathe between them, so that no delivery waits for a page.
 * After a hundred thousand rows it ends.
 *
 * @throws LatchhookError `store-unavailable` where it takes longer than a read may.
 */
export async function* stretches(
  connection: Connection,
  tables: Tables,
  { open, order, ...bounds }: ScanOptions,
): AsyncGenerator<Stretch> {
  let { from, to } = wholeStretch(connection, tables, bounds);
  const startedAt = performance.now();
  for (let compared = 0; from <= to && compared < mostCompared; compared += stretchRows) {
    const stretch = open
      ? openStretch(connection, tables.inbox, { from, to }, order)
      : nextStretch({ from, to }, order);
    if (stretch === undefined) return;
    yield stretch;
    if (order === "newest first") to = stretch.from - 1;
    else from = stretch.to + 1;
    await nextTurn();
    if (performance.now() - startedAt > readLimitMs) {
      throw new LatchhookError(
        "store-unavailable",
        "sqliteStore: reading the inbox took longer than 5 seconds. Ask for less, such as a shorter time.",
      );
    }
  }
}

/** All of the inbox that can match: a table of one stretch is read whole, whatever the order of its times. */
function wholeStretch(
  connection: Connection,
  tables: Tables,
  { before = Number.POSITIVE_INFINITY, after = 0, ...times }: Omit<ScanOptions, "open" | "order">,
): Stretch {
  // One by one: of both in one query SQLite would read the whole table.
  const [ends] = connection.read(
    `SELECT (SELECT min(sequence) FROM ${tables.inbox}) AS first, (SELECT max(sequence) FROM ${tables.inbox}) AS last`,
  );
  if (ends?.first == null) return { from: 1, to: 0 };
  const from = Math.max(Number(ends.first), after + 1);
  const to = Math.min(Number(ends.last), before - 1);
  return to - from < stretchRows ? { from, to } : receivedBetween(connection, tables, times, { from, to });
}

function nextStretch({ from, to }: Stretch, order: ScanOptions["order"]): Stretch {
  return order === "newest first"
    ? { from: Math.max(from, to - stretchRows + 1), to }
    : { from, to: Math.min(to, from + stretchRows - 1) };
}

/** The next so many deliveries that are not done, however far apart they are. */
function openStretch(
  connection: Connection,
  inbox: string,
  { from, to }: Stretch,
  order: ScanOptions["order"],
): Stretch | undefined {
  const [found] = connection.read(
    `SELECT min(sequence) AS first, max(sequence) AS last FROM (
      SELECT sequence FROM ${inbox} WHERE state <> 'done' AND sequence BETWEEN ? AND ?
      ORDER BY sequence ${order === "newest first" ? "DESC" : "ASC"} LIMIT ${stretchRows}
    )`,
    from,
    to,
  );
  return found?.first == null ? undefined : { from: Number(found.first), to: Number(found.last) };
}
