import type { ClaimResult, ClaimUpdate } from "@latchhook/core";

/**
 * Reads what a claim answers within a database: `completed`, `in-flight <ms>` or
 * `claimed <fence> <attempt> <t or f>`, the last saying whether it is a takeover.
 */
export function readClaim(outcome: string): ClaimResult {
  const [state, first, attempt, takeover] = outcome.split(" ");
  if (state === "completed") return { state };
  if (state === "in-flight") return { state, retryAfterMs: Math.max(0, Number(first)) };
  if (state !== "claimed") throw new Error(`The claim answered "${outcome}".`);
  return { state, fence: Number(first), attempt: Number(attempt), takeover: takeover === "t" };
}

/** Reads what every other operation answers. */
export function readUpdate(outcome: string): ClaimUpdate {
  if (outcome !== "ok" && outcome !== "lost") throw new Error(`The operation answered "${outcome}".`);
  return outcome;
}
