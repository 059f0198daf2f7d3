import type { Names } from "../names.ts";
import { stateSql } from "./conditions.ts";

// Rows are read as one JSON text each: numbers, booleans and null come through every client as what they are.

/** The delivery `item` as JSON of an `InboxDelivery`. */
export function deliveryJson(names: Names): string {
  return jsonObject({
    key: "encode(item.key, 'hex')",
    sequence: "item.sequence",
    scope: "item.scope",
    provider: "item.provider",
    eventId: "item.event_id",
    type: "item.type",
    jobId: "item.job_id",
    jobStatus: "item.job_status",
    known: "item.known",
    state: stateSql(names),
    requests: "item.requests",
    runs: "item.runs",
    replays: "item.replays",
    lastOutcome: "item.last_outcome",
    lastStatus: "item.last_status",
    lastDurationMs: "item.last_duration_ms",
    errorName: "item.error_name",
    error: "item.error",
    errorFrame: "item.error_frame",
    senderAttempt: "item.sender_attempt",
    maxAttempts: "item.max_attempts",
    deadAt: "item.dead_at",
    secretIndex: "item.secret_index",
    bodyBytes: "item.body_bytes",
    hasBody: "item.body IS NOT NULL",
    bodyUntil: "CASE WHEN item.body IS NOT NULL THEN item.body_until END",
    expiresAt: "item.expires_at",
    receivedAt: "item.received_at",
    lastAt: "item.last_at",
  });
}

/** The last attempt, which is in the row `item`, as JSON of an `AttemptRecord`. */
export const lastAttemptJson = jsonObject({
  at: "item.last_attempt_at",
  source: "item.last_source",
  outcome: "item.last_outcome",
  reason: "item.last_reason",
  status: "item.last_status",
  durationMs: "item.last_duration_ms",
  claimAttempt: "item.last_claim_attempt",
  senderAttempt: "item.last_sender_attempt",
  late: "item.last_late",
  errorName: "item.last_error_name",
  error: "item.last_error",
  errorFrame: "item.last_error_frame",
  actor: "item.last_actor",
});

/** The attempt `earlier` as JSON of an `AttemptRecord`. */
export const attemptJson = jsonObject({
  at: "earlier.at",
  source: "earlier.source",
  outcome: "earlier.outcome",
  reason: "earlier.reason",
  status: "earlier.status",
  durationMs: "earlier.duration_ms",
  claimAttempt: "earlier.claim_attempt",
  senderAttempt: "earlier.sender_attempt",
  late: "earlier.late",
  errorName: "earlier.error_name",
  error: "earlier.error",
  errorFrame: "earlier.error_frame",
  actor: "earlier.actor",
});

/** A JSON object of SQL expressions under names. */
export function jsonObject(members: Readonly<Record<string, string>>): string {
  return `json_build_object(${Object.entries(members)
    .map(([name, sql]) => `'${name}', ${sql}`)
    .join(", ")})`;
}
