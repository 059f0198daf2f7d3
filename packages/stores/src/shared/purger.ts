/** Removes what is over, when told and by itself. */
export interface Purger {
  /** Deletes up to `limit` records whose retention is over, in small steps. Returns how many. */
  purge(limit: number): Promise<number>;
  /** Counts a completion, and purges a few records in the background now and then. Never throws. */
  completed(): void;
  /** Waits for what runs in the background. */
  settle(): Promise<void>;
}

/** How one step of purging went. */
export interface PurgeStep {
  /** How many records were looked at; fewer than asked for where there are no more. */
  readonly due: number;
  readonly purged: number;
}

/** A step of this many rows takes some milliseconds, and its locks last as long. */
const stepSize = 1_000;

/** One purge in the background for every so many completions, of twice as many: purging outruns growth. */
const completionsPerPurge = 256;

/** Purges with a step that looks at up to `size` records that are due, and deletes those that are over. */
export function createPurger(step: (size: number) => Promise<PurgeStep>): Purger {
  // Short-lived processes, which complete only a few each, do their share too.
  let completions = Math.floor(Math.random() * completionsPerPurge);
  let background = Promise.resolve();
  let running = false;

  async function purge(limit: number): Promise<number> {
    let total = 0;
    while (total < limit) {
      const size = Math.min(stepSize, limit - total);
      const { due, purged } = await step(size);
      total += purged;
      if (due < size) break;
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
