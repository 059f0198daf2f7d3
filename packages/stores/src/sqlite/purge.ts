import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { MaybePromise } from "@latchhook/core";
import type { Connection } from "../shared/sqlite/connection.ts";
import type { Clock } from "./deliveries.ts";
import type { Tables } from "./schema.ts";
import { nowSql } from "./statements.ts";

/** How many rows one step looks at, which takes about a millisecond. */
const stepRows = 512;

/** A step for every so many completions: less than half of what a step looks at, so that purging outruns growth. */
const completionsPerStep = 200;

export interface Purger {
  /** Deletes up to `limit` rows whose retention is over, wherever they are. Lets the process breathe between steps. */
  purge(connection: Connection, limit: number): Promise<number>;
  /** Counts a completion, and purges a step's worth now and then. Never throws. */
  completed(connection: Connection): void;
}

/** How a step of the purger ended. */
interface Step {
  readonly removed: number;
  readonly reachedEnd: boolean;
}

/**
 * Purges without an index on the expiry column: a cursor goes round the table in the order of the keys, a few hundred
 * rows at a time. Neighbours in that order share pages, so deleting several costs little more than deleting one. Keys
 * are hashes, so any stretch of the table is a fair sample of it.
 *
 * The cursor is in memory and begins anywhere: short-lived processes each do their share.
 */
export function createPurger(
  tables: Tables,
  clock: Clock,
  retry: <Result>(attempt: () => Result) => MaybePromise<Result>,
): Purger {
  let cursor: Uint8Array = randomBytes(32);
  let completions = Math.floor(Math.random() * completionsPerStep);
  const sql = purgeStatements(tables);

  function step(connection: Connection, limit: number): Step {
    const [found] = connection.read(sql.look, clock(), cursor, stepRows);
    if (found === undefined) throw new Error("an aggregate query returned no row");
    const last = Buffer.from(String(found.last ?? ""), "hex");
    const expired = Number(found.expired);
    let removed = 0;
    if (expired > 0) {
      const stretch = [cursor, last, Number(found.now)] as const;
      removed = connection.transaction(() => {
        connection.write(sql.raiseFloor, ...stretch);
        return connection.write(sql.remove, ...stretch, limit);
      });
    }
    if (expired > limit) return { removed, reachedEnd: false };
    const reachedEnd = Number(found.seen) < stepRows;
    cursor = reachedEnd ? new Uint8Array() : last;
    return { removed, reachedEnd };
  }

  return {
    async purge(connection, limit) {
      let removed = 0;
      // The first end is that of a round that began in the middle; at the second, every row has been looked at.
      for (let ends = 0; ends < 2 && removed < limit; ) {
        const remaining = limit - removed;
        const done = await retry(() => step(connection, remaining));
        removed += done.removed;
        if (done.reachedEnd) ends++;
        await nextTurn();
      }
      return removed;
    },
    completed(connection) {
      if (++completions < completionsPerStep) return;
      completions = 0;
      try {
        step(connection, stepRows);
      } catch {
        // The delivery is completed all the same; a later step meets these rows again.
      }
    },
  };
}

function purgeStatements({ deliveries, meta }: Tables): Record<"look" | "raiseFloor" | "remove", string> {
  const expiredInStretch = `${deliveries} WHERE key > ? AND key <= ? AND purge_after <= ?`;
  return {
    look: `
      SELECT count(*) AS seen, hex(max(key)) AS last, total(purge_after <= now) AS expired, max(now) AS now
      FROM (
        SELECT key, purge_after, ${nowSql} AS now FROM ${deliveries} WHERE key > ? ORDER BY key LIMIT ?
      )`,
    raiseFloor: `
      UPDATE ${meta}
      SET fence_floor = max(fence_floor, coalesce((SELECT max(fence) FROM ${expiredInStretch}), 0))`,
    remove: `DELETE FROM ${deliveries} WHERE key IN (SELECT key FROM ${expiredInStretch} LIMIT ?)`,
  };
}
