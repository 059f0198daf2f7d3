import type { OutcomeCode, OutcomeCount } from "@latchhook/core";
import { lastHour, readCounters, sum } from "../data/counters.ts";
import { classOf } from "../data/outcome-class.ts";
import { type SenderHealth, senderHealth, verifiedIn } from "../data/sender-health.ts";
import { isOf } from "../data/sources.ts";
import { iso } from "../page/times.ts";
import { refusedPage } from "./refused/refused-page.ts";
import type { View, ViewContext } from "./view.ts";

/** Requests that were refused for one reason. */
export interface Refusals {
  readonly provider: string;
  readonly scope: string;
  readonly outcome: OutcomeCode;
  /** Its reason, or its outcome where that says it all. */
  readonly reason: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly counts: readonly OutcomeCount[];
  /** How many requests of the same sender verified in the same minutes. */
  readonly verifiedBeside: number;
  /** Whether one has verified after the last of these, or in its minute. */
  readonly verifiedSince: boolean;
}

export interface RefusedFacts {
  readonly hour: readonly Refusals[];
  readonly day: readonly Refusals[];
  readonly senders: readonly SenderHealth[];
}

/** Attack, rotation or clock? */
export async function refused(context: ViewContext): Promise<View> {
  const { sources, now } = context;
  const counts = await readCounters(sources, now);
  const hour = lastHour(counts, now);
  const facts: RefusedFacts = {
    hour: refusalsOf(hour, counts),
    day: refusalsOf(
      counts.filter((count) => !hour.includes(count)),
      counts,
    ),
    senders: sources
      .filter(({ description }) => description !== undefined)
      .map((source) => senderHealth(source, counts, { tallies: [], groups: [], now })),
  };
  return { json: { refused: rows(counts) }, page: () => refusedPage(facts, context) };
}

function refusalsOf(counts: readonly OutcomeCount[], all: readonly OutcomeCount[]): readonly Refusals[] {
  const groups = new Map<string, OutcomeCount[]>();
  for (const count of counts) {
    if (classOf(count.outcome) !== "refused") continue;
    const name = JSON.stringify([count.provider, count.scope, count.outcome, count.reason]);
    groups.set(name, [...(groups.get(name) ?? []), count]);
  }
  return [...groups.values()]
    .map((group) => toRefusals(group, all))
    .sort((one, other) => other.count - one.count);
}

function toRefusals(counts: readonly OutcomeCount[], all: readonly OutcomeCount[]): Refusals {
  const { provider = "", scope = "", outcome = "unauthentic", reason = "" } = counts[0] ?? {};
  const minutes = new Set(counts.map(({ minute }) => minute));
  const lastAt = Math.max(...minutes);
  const verified = verifiedIn(all).filter((count) => isOf({ provider, scope }, count));
  return {
    provider,
    scope,
    outcome,
    reason: reason === "" ? outcome : reason,
    count: sum(counts),
    firstAt: Math.min(...minutes),
    lastAt,
    counts,
    verifiedBeside: sum(verified.filter(({ minute }) => minutes.has(minute))),
    verifiedSince: verified.some(({ minute }) => minute >= lastAt),
  };
}

/** One row a minute, sender and reason, the newest first. */
function rows(counts: readonly OutcomeCount[]) {
  const sums = new Map<string, OutcomeCount>();
  for (const count of counts) {
    if (classOf(count.outcome) !== "refused") continue;
    const { minute, provider, scope, outcome, reason } = count;
    const name = JSON.stringify([minute, provider, scope, outcome, reason]);
    sums.set(name, { ...count, count: (sums.get(name)?.count ?? 0) + count.count });
  }
  return [...sums.values()]
    .sort((one, other) => other.minute - one.minute)
    .map(({ minute, provider, scope, outcome, reason, count }) => ({
      minute: iso(minute),
      provider,
      scope,
      outcome,
      reason: reason === "" ? null : reason,
      count,
    }));
}
