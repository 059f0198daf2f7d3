import type { Database, Statement } from "./database.ts";

/** Removes what is over, when told and by itself. */
export interface Purger {
  /** Deletes up to `limit` records whose retention is over, in small statements. Returns how many. */
  purge(limit: number): Promise<number>;
  /** Counts a completion, and purges a few records in the background now and then. Never throws. */
  completed(): void;
  /** Waits for what runs in the background. */
  settle(): Promise<void>;
}

/** A statement of this many rows takes some milliseconds, and its locks last as long. */
const batchSize = 1_000;

/** One purge in the background for every so many completions, of twice as many: purging outruns growth. */
const completionsPerPurge = 256;

/** Purges with the statement that answers how many records were due and how many it deleted. */
export function createPurger<Transaction>(database: Database<Transaction>, statement: Statement): Purger {
  // Short-lived processes, which complete only a few each, do their share too.
  let completions = Math.floor(Math.random() * completionsPerPurge);
  let background = Promise.resolve();
  let running = false;

  async function purge(limit: number): Promise<number> {
    let total = 0;
    while (total < limit) {
      const size = Math.min(batchSize, limit - total);
      const [row] = await database.query(statement, [String(size)]);
      total += Number(row?.purged);
      if (Number(row?.due) < size) break;
    }
    return total;
  }

  async function purgeQuietly(): Promise<void> {
    running = true;
    try {
      await purge(2 * completionsPerPurge);
    } catch {
      // The delivery is completed all the same; a later purge finds these records again.
    } finally {
      running = false;
    }
  }

  return {
    purge,
    completed() {
      if (++completions < completionsPerPurge || running) return;
      completions = 0;
      background = purgeQuietly();
    },
    settle: () => background,
  };
}
