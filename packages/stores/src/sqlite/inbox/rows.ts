import type { AttemptRecord, InboxDelivery, OutcomeCode } from "@latchhook/core";
import type { Row } from "../../shared/sqlite/connection.ts";
import type { Tables } from "../schema.ts";
import { stateSql } from "./conditions.ts";

/** What is read of the delivery `item`. Takes the time, twice. */
export function deliveryColumns(tables: Tables): string {
  return `hex(item.key) AS key_hex, ${stateSql(tables)} AS shown_state, item.body IS NOT NULL AS has_body, item.sequence,
    item.scope, item.provider, item.event_id, item.type, item.job_id, item.job_status, item.known, item.requests,
    item.runs, item.replays, item.last_outcome, item.last_status, item.last_duration_ms, item.error_name, item.error,
    item.error_frame, item.sender_attempt, item.max_attempts, item.dead_at, item.secret_index, item.body_bytes,
    item.body_until, item.expires_at, item.received_at, item.last_at`;
}

export function toDelivery(row: Row): InboxDelivery {
  const hasBody = Number(row.has_body) === 1;
  return {
    key: String(row.key_hex).toLowerCase(),
    sequence: Number(row.sequence),
    scope: String(row.scope),
    provider: String(row.provider),
    eventId: String(row.event_id),
    type: String(row.type),
    jobId: textOrNull(row.job_id),
    jobStatus: textOrNull(row.job_status),
    known: Number(row.known) === 1,
    state: row.shown_state as InboxDelivery["state"],
    requests: Number(row.requests),
    runs: Number(row.runs),
    replays: Number(row.replays),
    lastOutcome: row.last_outcome as OutcomeCode,
    lastStatus: Number(row.last_status),
    lastDurationMs: Number(row.last_duration_ms),
    errorName: textOrNull(row.error_name),
    error: textOrNull(row.error),
    errorFrame: textOrNull(row.error_frame),
    senderAttempt: numberOrNull(row.sender_attempt),
    maxAttempts: numberOrNull(row.max_attempts),
    deadAt: Number(row.dead_at),
    secretIndex: numberOrNull(row.secret_index),
    bodyBytes: Number(row.body_bytes),
    hasBody,
    bodyUntil: hasBody ? numberOrNull(row.body_until) : null,
    expiresAt: Number(row.expires_at),
    receivedAt: Number(row.received_at),
    lastAt: Number(row.last_at),
  };
}

/** The last attempt, which is in the delivery's row, under the names of the earlier ones' columns. */
export const lastAttemptColumns = `last_attempt_at AS at, last_source AS source, last_outcome AS outcome,
    last_reason AS reason, last_status AS status, last_duration_ms AS duration_ms,
    last_claim_attempt AS claim_attempt, last_sender_attempt AS sender_attempt, last_late AS late,
    last_error_name AS error_name, last_error AS error, last_error_frame AS error_frame, last_actor AS actor`;

export function toAttempt(row: Row): AttemptRecord {
  return {
    at: Number(row.at),
    source: row.source as AttemptRecord["source"],
    outcome: row.outcome as OutcomeCode,
    reason: textOrNull(row.reason),
    status: Number(row.status),
    durationMs: Number(row.duration_ms),
    claimAttempt: numberOrNull(row.claim_attempt),
    senderAttempt: numberOrNull(row.sender_attempt),
    late: Number(row.late) === 1,
    errorName: textOrNull(row.error_name),
    error: textOrNull(row.error),
    errorFrame: textOrNull(row.error_frame),
    actor: textOrNull(row.actor),
  };
}

export function textOrNull(value: unknown): string | null {
  return value == null ? null : String(value);
}

export function numberOrNull(value: unknown): number | null {
  return value == null ? null : Number(value);
}
