import type { InboxFilter } from "@latchhook/core";
import { whole } from "../../shared/inbox/flat-record.ts";
import { receivedSlackMs } from "../../shared/inbox/limits.ts";
import type { Names } from "../names.ts";
import type { Parameters } from "./conditions.ts";

/** In a table of so few rows all are compared, whatever the order of their times. */
const fewRows = 2_000;

/**
 * Conditions on the time at which the delivery `item` was received. Where in the inbox that is, is looked for by halving,
 * for there is no index on times.
 */
export function receivedBetween(
  names: Names,
  { since, until }: Pick<InboxFilter, "since" | "until">,
  { add }: Parameters,
): readonly string[] {
  const conditions: string[] = [];
  if (since !== undefined) {
    const time = `${add(String(whole(since)))}::bigint`;
    const from = firstFrom(names, `${time} - ${receivedSlackMs}`, "min(sequence)");
    conditions.push(`item.received_at >= ${time}`, `item.sequence >= ${from}`);
  }
  if (until !== undefined) {
    const time = `${add(String(whole(until)))}::bigint`;
    const to = firstFrom(names, `${time} + ${receivedSlackMs}`, "max(sequence) + 1");
    conditions.push(`item.received_at < ${time}`, `item.sequence < ${to}`);
  }
  return conditions;
}

/** The first sequence whose time is not before `time`. */
function firstFrom({ inbox }: Names, time: string, ofFew: string): string {
  return `(
    WITH RECURSIVE halving (low, high) AS (
      SELECT CASE WHEN max(sequence) - min(sequence) < ${fewRows} THEN ${ofFew} ELSE min(sequence) END,
        CASE WHEN max(sequence) - min(sequence) < ${fewRows} THEN ${ofFew} ELSE max(sequence) + 1 END
      FROM ${inbox.deliveries}
      UNION ALL
      SELECT CASE WHEN found.received_at < ${time} THEN found.sequence + 1 ELSE low END,
        CASE WHEN found.received_at < ${time} THEN high ELSE (low + high) / 2 END
      FROM halving, LATERAL (
        SELECT sequence, received_at FROM ${inbox.deliveries}
        WHERE sequence >= (low + high) / 2
        ORDER BY sequence
        LIMIT 1
      ) AS found
      WHERE low < high
    )
    SELECT max(low) FROM halving
  )`;
}
