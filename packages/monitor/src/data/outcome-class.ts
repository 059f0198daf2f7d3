import { type OutcomeCode, statusOf } from "@latchhook/core";

/**
 * What an outcome means to whoever is on call. `accepted`: the callback ran and succeeded. `repeated`: a delivery that
 * had succeeded, or is running. `failed`: answered 5xx, so the sender tries again. `refused`: answered 4xx. `asked`: a
 * handshake.
 */
export type OutcomeClass = "accepted" | "repeated" | "failed" | "refused" | "asked";

export function classOf(outcome: OutcomeCode): OutcomeClass {
  if (outcome === "processed") return "accepted";
  if (outcome === "duplicate" || outcome === "in-flight") return "repeated";
  if (outcome === "handshake") return "asked";
  return statusOf(outcome) < 500 ? "refused" : "failed";
}
