import type { InboxFailureGroup, InboxTally, OutcomeCount } from "@latchhook/core";
import { listed } from "../page/words.ts";
import {
  hourMs,
  lastHour,
  lastMinute,
  quantileMs,
  type Share,
  startOfMinute,
  successShare,
  sum,
} from "./counters.ts";
import { classOf } from "./outcome-class.ts";
import { isOf, type Source, sourceName } from "./sources.ts";

/** How one sender's webhooks fare, from counters and the inbox alone. */
export interface SenderHealth {
  readonly source: Source;
  /** Counters of the last hour and of the last 24. */
  readonly hourCounts: readonly OutcomeCount[];
  readonly dayCounts: readonly OutcomeCount[];
  readonly hour: Share;
  readonly day: Share;
  readonly p95Ms: number | null;
  readonly failing: number;
  readonly dead: number;
  readonly oldestFailedAt: number | null;
  readonly lastSuccessAt: number | null;
  /** The last minute with a request; null where there is none in 24 hours. */
  readonly lastRequestAt: number | null;
  /** Requests of the last hour that were refused. */
  readonly refused: number;
  /** Which secrets matched in 24 hours, the last first. */
  readonly secrets: readonly SecretUse[];
  readonly signature: SignatureHealth;
  readonly handler: HandlerHealth;
}

/** How often and when a secret matched. */
export interface SecretUse {
  readonly index: number;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** `refusing`: requests were refused as not authentic, and none has verified since. */
export type SignatureHealth = "verifying" | "refusing" | "unused";

/** `failing`: nothing has succeeded since the last failure. `recovered`: it failed within the hour, and has succeeded since. */
export interface HandlerHealth {
  readonly state: "storing" | "failing" | "recovered" | "unused";
  /** When the failures began that still go on, by the minute; null where none do. */
  readonly failingSince: number | null;
  /** Failures since then. */
  readonly failures: number;
}

/** @param groups failed and dead deliveries by their cause, the newest first. */
export function senderHealth(
  source: Source,
  counts: readonly OutcomeCount[],
  {
    tallies,
    groups,
    now,
  }: {
    readonly tallies: readonly InboxTally[];
    readonly groups: readonly InboxFailureGroup[];
    readonly now: number;
  },
): SenderHealth {
  const dayCounts = counts.filter((count) => isOf(source, count));
  const hourCounts = lastHour(dayCounts, now);
  const tally = tallies.find((one) => isOf(source, one));
  return {
    source,
    hourCounts,
    dayCounts,
    hour: successShare(hourCounts),
    day: successShare(dayCounts),
    p95Ms: quantileMs(hourCounts, 0.95),
    failing: tally?.failed ?? 0,
    dead: tally?.dead ?? 0,
    oldestFailedAt: tally?.oldestFailedAt ?? null,
    lastSuccessAt: tally?.lastSuccessAt ?? null,
    lastRequestAt: lastMinute(dayCounts, "accepted", "repeated", "failed", "refused", "asked"),
    refused: sum(hourCounts, "refused"),
    secrets: secretsOf(dayCounts),
    signature: signatureHealth(hourCounts),
    handler: handlerHealth(
      dayCounts,
      tally?.lastSuccessAt ?? null,
      groups.find((group) => isOf(source, group))?.lastAt ?? null,
      now,
    ),
  };
}

/** What senders are called together: `a, b and c`. */
export function namesOf(senders: readonly SenderHealth[]): string {
  return listed(senders.map(({ source }) => sourceName(source)));
}

function secretsOf(counts: readonly OutcomeCount[]): readonly SecretUse[] {
  const uses = new Map<number, SecretUse>();
  for (const { secretIndex: index, minute, count } of counts) {
    if (index < 0) continue;
    const use = uses.get(index) ?? { index, count: 0, firstAt: minute, lastAt: minute };
    uses.set(index, {
      index,
      count: use.count + count,
      firstAt: Math.min(use.firstAt, minute),
      lastAt: Math.max(use.lastAt, minute),
    });
  }
  return [...uses.values()].sort((one, other) => other.lastAt - one.lastAt || other.index - one.index);
}

/** Requests that were verified, whatever became of them. */
export function verifiedIn(counts: readonly OutcomeCount[]): readonly OutcomeCount[] {
  return counts.filter(({ secretIndex }) => secretIndex >= 0);
}

function signatureHealth(counts: readonly OutcomeCount[]): SignatureHealth {
  const lastVerified = Math.max(-1, ...verifiedIn(counts).map(({ minute }) => minute));
  const refusals = counts.filter(({ outcome }) => outcome === "unauthentic").map(({ minute }) => minute);
  const lastRefused = Math.max(-1, ...refusals);
  if (lastVerified < 0 && lastRefused < 0) return "unused";
  return lastRefused > lastVerified ? "refusing" : "verifying";
}

/** Failures and successes are compared by the millisecond; counters know the minute alone. */
function handlerHealth(
  dayCounts: readonly OutcomeCount[],
  lastSuccessAt: number | null,
  lastFailureAt: number | null,
  now: number,
): HandlerHealth {
  if (lastFailureAt !== null && lastFailureAt > (lastSuccessAt ?? 0)) {
    const since = startOfMinute(lastSuccessAt ?? 0);
    const failed = dayCounts.filter(
      ({ minute, outcome }) => minute >= since && classOf(outcome) === "failed",
    );
    const failingSince = Math.min(lastFailureAt, ...failed.map(({ minute }) => minute));
    return { state: "failing", failingSince, failures: sum(failed) };
  }
  const inHour = dayCounts.filter(({ minute }) => minute > now - hourMs);
  const state =
    sum(inHour, "failed") > 0 ? "recovered" : sum(dayCounts, "accepted") > 0 ? "storing" : "unused";
  return { state, failingSince: null, failures: 0 };
}
