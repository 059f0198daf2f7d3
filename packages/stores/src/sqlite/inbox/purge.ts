import { setImmediate as nextTurn } from "node:timers/promises";
import type { MaybePromise } from "@latchhook/core";
import { countsRetainMs } from "../../shared/inbox/limits.ts";
import type { Connection } from "../../shared/sqlite/connection.ts";
import type { Tables } from "../schema.ts";
import { isRunning } from "./conditions.ts";

/** How many rows one step looks at, which takes less than a millisecond. */
const stepRows = 512;

/** A step for every so many completions: purging outruns growth. */
const completionsPerStep = 200;

export interface InboxPurger {
  /** Deletes up to `limit` rows that are over, and all bodies and counts that are. Returns how many rows. */
  purge(connection: Connection, limit: number): Promise<number>;
  /** Counts a completion, and purges a step's worth now and then. Never throws. */
  completed(connection: Connection): void;
}

interface Step {
  readonly removed: number;
  /** The last row that was looked at; undefined at the end of the table. */
  readonly last: number | undefined;
}

/**
 * Purges rows without an index on when they are over: a step looks at the oldest, which go first where all are kept
 * equally long, and at a stretch further on, which goes round the table, for those that are not.
 */
export function createInboxPurger(
  tables: Tables,
  readTime: () => number,
  retry: <Result>(attempt: () => Result) => MaybePromise<Result>,
): InboxPurger {
  let completions = Math.floor(Math.random() * completionsPerStep);
  let cursor = 0;
  const sql = purgeStatements(tables);

  function step(connection: Connection, after: number, limit: number): Step {
    const now = readTime();
    const [found] = connection.read(sql.look, now, after, stepRows);
    const last = found?.last == null ? undefined : Number(found.last);
    if (last === undefined || Number(found?.expired) === 0) return { removed: 0, last };
    const removed = connection.transaction(() => {
      connection.write(sql.raiseFloor, last);
      const rows = connection.write(sql.remove, after, last, now, now, limit);
      connection.write(sql.removeAttempts, after, last);
      return rows;
    });
    return { removed, last };
  }

  function purgeRest(connection: Connection): boolean {
    const now = readTime();
    const [due] = connection.read(sql.lookForRest, now, now - countsRetainMs);
    if (due?.found !== 1) return false;
    connection.transaction(() => {
      connection.write(sql.dropBodies, now, stepRows);
      connection.write(sql.removeCounts, now - countsRetainMs);
    });
    return true;
  }

  return {
    async purge(connection, limit) {
      while (await retry(() => purgeRest(connection))) await nextTurn();
      let removed = 0;
      let after: number | undefined = 0;
      while (after !== undefined && removed < limit) {
        const from: number = after;
        const done: Step = await retry(() => step(connection, from, limit - removed));
        removed += done.removed;
        after = done.last;
        await nextTurn();
      }
      return removed;
    },
    completed(connection) {
      if (++completions < completionsPerStep) return;
      completions = 0;
      try {
        purgeRest(connection);
        const oldest = step(connection, 0, stepRows);
        cursor = step(connection, Math.max(cursor, oldest.last ?? 0), stepRows).last ?? 0;
      } catch {
        // The delivery is completed all the same; a later step meets these rows again.
      }
    },
  };
}

function purgeStatements(tables: Tables) {
  const { inbox, inboxAttempts, inboxCounts, meta } = tables;
  return {
    look: `SELECT max(sequence) AS last, total(expires_at <= ?) AS expired FROM (
      SELECT sequence, expires_at FROM ${inbox} WHERE sequence > ? ORDER BY sequence LIMIT ?
    )`,
    raiseFloor: `UPDATE ${meta} SET inbox_floor = max(inbox_floor, ?)`,
    remove: `DELETE FROM ${inbox} WHERE sequence IN (
      SELECT sequence FROM ${inbox} AS item
      WHERE sequence > ? AND sequence <= ? AND expires_at <= ? AND NOT ${isRunning(tables)}
      LIMIT ?
    )`,
    removeAttempts: `DELETE FROM ${inboxAttempts} WHERE sequence > ? AND sequence <= ?
      AND NOT EXISTS (SELECT 1 FROM ${inbox} AS item WHERE item.sequence = ${inboxAttempts}.sequence)`,
    lookForRest: `SELECT EXISTS (SELECT 1 FROM ${inbox} WHERE body IS NOT NULL AND body_until <= ?)
      OR EXISTS (SELECT 1 FROM ${inboxCounts} WHERE minute < ?) AS found`,
    dropBodies: `UPDATE ${inbox} SET body = NULL, body_until = NULL WHERE sequence IN (
      SELECT sequence FROM ${inbox} WHERE body IS NOT NULL AND body_until <= ? ORDER BY body_until LIMIT ?
    )`,
    // An hour's at once: there are few a minute.
    removeCounts: `DELETE FROM ${inboxCounts}
      WHERE minute < min(?, (SELECT min(minute) FROM ${inboxCounts}) + 3600000)`,
  };
}
