import { hourMs, sum } from "../../data/counters.ts";
import type { Generation } from "../../data/job-health.ts";
import { namesOf, type SenderHealth, verifiedIn } from "../../data/sender-health.ts";
import { isOf } from "../../data/sources.ts";
import type { Overview } from "../overview.ts";

/** Where the way of a webhook breaks first; every one of these follows from counters, the inbox and jobs. */
export interface Situation {
  readonly kind: "refusing" | "failing" | "generation" | "silent" | "dead" | "recovered" | "fine" | "empty";
  /** The senders that it is about. */
  readonly senders: readonly SenderHealth[];
  readonly names: string;
}

/** The worst that is the case, for the answer and the banner. */
export function situationOf({ senders, generations, now }: Overview): Situation {
  const about = (kind: Situation["kind"], concerned: readonly SenderHealth[]): Situation => ({
    kind,
    senders: concerned,
    names: namesOf(concerned),
  });
  const ordered: readonly (readonly [Situation["kind"], (sender: SenderHealth) => boolean])[] = [
    ["refusing", ({ signature }) => signature === "refusing"],
    ["failing", ({ handler, failing }) => failing > 0 && handler.state === "failing"],
    ["generation", (sender) => generationFor(sender, generations)?.failing === true],
    ["silent", (sender) => isSilent(sender, generations, now)],
    ["failing", ({ failing }) => failing > 0],
    ["dead", ({ dead }) => dead > 0],
    ["recovered", ({ handler }) => handler.state === "recovered" || handler.state === "failing"],
  ];
  for (const [kind, applies] of ordered) {
    const concerned = senders.filter(applies);
    if (concerned.length > 0) return about(kind, concerned);
  }
  const anything = senders.some(
    ({ dayCounts, lastSuccessAt }) => sum(dayCounts) > 0 || lastSuccessAt !== null,
  );
  return about(anything ? "fine" : "empty", senders);
}

export function generationFor(
  { source }: SenderHealth,
  generations: Overview["generations"],
): Generation | undefined {
  return generations?.find(({ provider }) => provider === source.provider);
}

/** Nothing has come for an hour from a sender that has come before, though its jobs run or have ended meanwhile. */
function isSilent(sender: SenderHealth, generations: Overview["generations"], now: number): boolean {
  const generation = generationFor(sender, generations);
  if (generation === undefined || sender.lastRequestAt === null) return false;
  const active = generation.running + generation.completed + generation.failed > 0;
  return active && sender.lastRequestAt < now - hourMs;
}

/** The newest failure of these senders. */
export function newestFailure({ groups }: Overview, senders: readonly SenderHealth[]) {
  return groups.find((group) => senders.some(({ source }) => isOf(source, group)));
}

/** Requests of an hour over senders, for the steps of the path. */
export function hourTotals(senders: readonly SenderHealth[]) {
  const counts = senders.flatMap(({ hourCounts }) => hourCounts);
  return {
    requests: sum(counts, "accepted", "repeated", "failed", "refused", "asked"),
    refused: sum(counts, "refused"),
    verified: sum(verifiedIn(counts)),
    accepted: sum(counts, "accepted"),
    failed: sum(counts, "failed"),
  };
}
