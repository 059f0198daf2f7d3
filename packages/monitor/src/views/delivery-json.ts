import type { AttemptRecord, InboxDelivery } from "@latchhook/core";
import { shownError } from "../page/visible.ts";

/** A delivery as JSON and exports have it. Times are ISO 8601. */
export function deliveryJson(delivery: InboxDelivery) {
  const { key, provider, scope, eventId, type, jobId, jobStatus, state, requests, runs, replays } = delivery;
  return {
    key,
    provider,
    scope,
    eventId,
    type,
    jobId,
    jobStatus,
    state,
    requests,
    runs,
    replays,
    lastOutcome: delivery.lastOutcome,
    lastStatus: delivery.lastStatus,
    error: shownError(delivery.error),
    receivedAt: new Date(delivery.receivedAt).toISOString(),
    lastAt: new Date(delivery.lastAt).toISOString(),
  };
}

export function attemptJson(attempt: AttemptRecord) {
  const { at, source, outcome, reason, status, durationMs, senderAttempt, error, actor } = attempt;
  return {
    at: new Date(at).toISOString(),
    source,
    outcome,
    reason,
    status,
    durationMs,
    senderAttempt,
    error: shownError(error),
    actor,
  };
}
