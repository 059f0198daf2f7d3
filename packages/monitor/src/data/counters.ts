import type { OutcomeCode, OutcomeCount } from "@latchhook/core";
import { classOf, type OutcomeClass } from "./outcome-class.ts";
import { readEach, type Source } from "./sources.ts";
import { total } from "./total.ts";

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** The counters of the last 24 hours of the page's own endpoints. */
export function readCounters(sources: readonly Source[], now: number): Promise<readonly OutcomeCount[]> {
  const since = startOfMinute(now) - dayMs + minuteMs;
  return readEach(sources, (inbox) => inbox.counts(since));
}

export function startOfMinute(at: number): number {
  return Math.floor(at / minuteMs) * minuteMs;
}

/** The first of the 60 minutes that end with the one of `now`. */
export function hourStart(now: number): number {
  return startOfMinute(now) - hourMs + minuteMs;
}

/** The 60 minutes that end with the one of `now`. */
export function lastHour(counts: readonly OutcomeCount[], now: number): readonly OutcomeCount[] {
  return counts.filter(({ minute }) => minute >= hourStart(now));
}

export function sum(counts: readonly OutcomeCount[], ...classes: readonly OutcomeClass[]): number {
  const counted = counts.filter(({ outcome }) => classes.length === 0 || classes.includes(classOf(outcome)));
  return total(counted, ({ count }) => count);
}

/** `accepted 3, repeated 0, failed 1, refused 0`, for whoever cannot see a chart. */
export function classTotals(counts: readonly OutcomeCount[]): string {
  const classes = ["accepted", "repeated", "failed", "refused"] as const;
  return classes.map((name) => `${name} ${sum(counts, name)}`).join(", ");
}

/** How many of the requests that were neither refused nor repeats of a running one were answered 2xx. */
export interface Share {
  readonly succeeded: number;
  readonly total: number;
}

export function successShare(counts: readonly OutcomeCount[]): Share {
  const decided = counts.filter(({ outcome }) => outcome !== "in-flight");
  const succeeded = sum(decided, "accepted", "repeated");
  return { succeeded, total: succeeded + sum(decided, "failed") };
}

/** Counts per column of `stepMs`, the last of which holds `now`. */
export function series(
  counts: readonly OutcomeCount[],
  { now, columns, stepMs }: { readonly now: number; readonly columns: number; readonly stepMs: number },
): readonly Readonly<Record<OutcomeClass, number>>[] {
  const end = startOfMinute(now) + minuteMs;
  const result = Array.from({ length: columns }, () => ({
    accepted: 0,
    repeated: 0,
    failed: 0,
    refused: 0,
    asked: 0,
  }));
  for (const { minute, outcome, count } of counts) {
    const column = result[columns - 1 - Math.floor((end - 1 - minute) / stepMs)];
    if (column !== undefined) column[classOf(outcome)] += count;
  }
  return result;
}

/**
 * The time within which a share of the requests was answered: the upper end of the bucket that it lies in, in
 * milliseconds; null without requests.
 */
export function quantileMs(counts: readonly OutcomeCount[], share: number): number | null {
  const buckets = durations(counts);
  const all = total(buckets, ([, count]) => count);
  let below = 0;
  for (const [bucketMs, count] of buckets) {
    below += count;
    if (below >= all * share && all > 0) return bucketMs;
  }
  return null;
}

/** How many requests took how long, by the upper ends of the buckets. What was refused is not timed. */
export function durations(counts: readonly OutcomeCount[]): readonly (readonly [number, number])[] {
  const buckets = new Map<number, number>();
  for (const { bucketMs, count } of counts) {
    if (bucketMs > 0) buckets.set(bucketMs, (buckets.get(bucketMs) ?? 0) + count);
  }
  return [...buckets].sort(([one], [other]) => one - other);
}

/** The last minute that has a request of these classes; null without one. */
export function lastMinute(
  counts: readonly OutcomeCount[],
  ...classes: readonly OutcomeClass[]
): number | null {
  const minutes = counts
    .filter(({ outcome }) => classes.includes(classOf(outcome)))
    .map(({ minute }) => minute);
  return minutes.length === 0 ? null : Math.max(...minutes);
}

/** What failed most, to name it. */
export function commonestFailure(counts: readonly OutcomeCount[]): OutcomeCode | null {
  const byCode = new Map<OutcomeCode, number>();
  for (const { outcome, count } of counts) {
    if (classOf(outcome) === "failed") byCode.set(outcome, (byCode.get(outcome) ?? 0) + count);
  }
  const [first] = [...byCode].sort(([, one], [, other]) => other - one);
  return first?.[0] ?? null;
}
