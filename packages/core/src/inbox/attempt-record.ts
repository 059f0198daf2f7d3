import type { Outcome } from "../outcome.ts";
import type { Trusted } from "../reading/trust.ts";
import type { AttemptRecord } from "./inbox-store.ts";
import { storedError } from "./stored-error.ts";

/** What is kept of one attempt, of what is said of its end. */
export function toAttemptRecord(
  outcome: Outcome,
  { attempt, source, replay }: Trusted,
  { at, late }: Pick<AttemptRecord, "at" | "late">,
): AttemptRecord {
  const { errorName, error, errorFrame } = storedError(outcome.error);
  return {
    at,
    source,
    outcome: outcome.code,
    reason: outcome.reason ?? null,
    status: outcome.status,
    durationMs: Math.round(outcome.durationMs),
    claimAttempt: outcome.claimAttempt ?? null,
    senderAttempt: attempt,
    late,
    errorName,
    error,
    errorFrame,
    actor: replay?.actor ?? null,
  };
}
