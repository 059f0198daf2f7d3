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

type Count = OutcomeCount & { count: number };

/** Keeps at most `most` counts; beyond it the oldest go. */
export function createOutcomeCounts(most: number): OutcomeCounts {
  let counts = new Map<string, Count>();
  // Most requests end as the one before did, and a key costs more than all the rest.
  let latest: Count | undefined;

  function addOne(added: OutcomeCount): void {
    if (latest === undefined || !isSame(latest, added)) {
      const key = keyOf(added);
      latest = counts.get(key);
      if (latest === undefined) {
        latest = { ...added, count: 0 };
        counts.set(key, latest);
      }
    }
    latest.count += added.count;
  }

  function removeOldest(): void {
    counts = new Map([...counts].slice(-most));
    latest = undefined;
  }

  return {
    add(added) {
      for (const count of added) addOne(count);
      if (counts.size > most) removeOldest();
    },
    all: () => Array.from(counts.values(), (count) => ({ ...count })),
    take() {
      const taken = [...counts.values()];
      counts = new Map();
      latest = undefined;
      return taken;
    },
    size: () => counts.size,
  };
}

function isSame(one: OutcomeCount, other: OutcomeCount): boolean {
  return (
    one.minute === other.minute &&
    one.outcome === other.outcome &&
    one.bucketMs === other.bucketMs &&
    one.reason === other.reason &&
    one.secretIndex === other.secretIndex &&
    one.scope === other.scope &&
    one.provider === other.provider
  );
}

function keyOf({ minute, scope, provider, outcome, reason, bucketMs, secretIndex }: OutcomeCount): string {
  return JSON.stringify([minute, scope, provider, outcome, reason, bucketMs, secretIndex]);
}
