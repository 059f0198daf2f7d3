import type { OutcomeCount } from "./inbox-store.ts";

/** Counts by minute and by what is counted together. */
export interface OutcomeCounts {
  /** Adds to what is there. */
  add(counts: readonly OutcomeCount[]): void;
  /** All that is there, oldest first. */
  all(): readonly OutcomeCount[];
  /** All that is there, which is then counted no more. */
  take(): readonly OutcomeCount[];
  /** How many counts there are. */
  size(): number;
}

/** Keeps at most `most` counts; beyond it the oldest go. */
export function createOutcomeCounts(most: number): OutcomeCounts {
  let counts = new Map<string, OutcomeCount>();
  return {
    add(added) {
      for (const count of added) {
        const key = keyOf(count);
        const before = counts.get(key);
        counts.set(key, before === undefined ? count : { ...count, count: before.count + count.count });
      }
      if (counts.size > most) counts = new Map([...counts].slice(-most));
    },
    all: () => [...counts.values()],
    take() {
      const taken = [...counts.values()];
      counts = new Map();
      return taken;
    },
    size: () => counts.size,
  };
}

function keyOf({ minute, scope, provider, outcome, reason, bucketMs, secretIndex }: OutcomeCount): string {
  return JSON.stringify([minute, scope, provider, outcome, reason, bucketMs, secretIndex]);
}
