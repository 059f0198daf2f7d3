import type { InboxFilter } from "@latchhook/core";
import { receivedSlackMs } from "../../shared/inbox/limits.ts";
import type { Connection } from "../../shared/sqlite/connection.ts";
import type { Tables } from "../schema.ts";
import type { Stretch } from "./scan.ts";

/**
 * Where in the inbox deliveries are that were received within the filter's time, with some others around them: looked for
 * by halving, for there is no index on times.
 */
export function receivedBetween(
  connection: Connection,
  { inbox }: Tables,
  { since, until }: Pick<InboxFilter, "since" | "until">,
  { from, to }: Stretch,
): Stretch {
  function firstFrom(time: number): number {
    let low = from;
    let high = to + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [row] = connection.read(
        `SELECT sequence, received_at FROM ${inbox} WHERE sequence >= ? ORDER BY sequence LIMIT 1`,
        middle,
      );
      if (row === undefined || Number(row.received_at) >= time) high = middle;
      else low = Number(row.sequence) + 1;
    }
    return low;
  }

  return {
    from: since === undefined ? from : firstFrom(since - receivedSlackMs),
    to: until === undefined ? to : Math.min(to, firstFrom(until + receivedSlackMs) - 1),
  };
}
