import type { InboxRecord } from "@latchhook/core";

/** A record as one row of plain values, under the names of the tables' columns. */
export interface FlatRecord {
  readonly key: string;
  readonly state: string;
  readonly scope: string;
  readonly provider: string;
  readonly event_id: string;
  readonly type: string;
  readonly job_id: string | null;
  readonly job_status: string | null;
  readonly known: boolean;
  readonly secret_index: number | null;
  readonly max_attempts: number | null;
  readonly dead_at: number;
  readonly body_bytes: number;
  readonly headers: string | null;
  readonly at: number;
  readonly source: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly status: number;
  readonly duration_ms: number;
  readonly claim_attempt: number | null;
  readonly sender_attempt: number | null;
  readonly late: boolean;
  readonly error_name: string | null;
  readonly error: string | null;
  readonly error_frame: string | null;
  readonly actor: string | null;
  /** Bytes to keep; null where there are none to write. */
  readonly body: Uint8Array | null;
  /** For how long a body is kept; null where none is kept from now on. */
  readonly body_retain_ms: number | null;
  readonly retain_ms: number;
}

/** Flattens a record. What no database takes is made fit, for a record must never be why a delivery is not done. */
export function flatRecord({
  delivery,
  attempt,
  state,
  body,
  bodyRetainMs,
  retainMs,
}: InboxRecord): FlatRecord {
  return {
    key: delivery.key,
    state,
    scope: plainText(delivery.scope),
    provider: plainText(delivery.provider),
    event_id: plainText(delivery.eventId),
    type: plainText(delivery.type),
    job_id: plainOrNull(delivery.jobId),
    job_status: plainOrNull(delivery.jobStatus),
    known: delivery.known,
    secret_index: delivery.secretIndex,
    max_attempts: wholeOrNull(delivery.maxAttempts),
    dead_at: whole(delivery.deadAt),
    body_bytes: delivery.bodyBytes,
    headers: plainOrNull(delivery.headers),
    at: whole(attempt.at),
    source: attempt.source,
    outcome: attempt.outcome,
    reason: plainOrNull(attempt.reason),
    status: attempt.status,
    duration_ms: attempt.durationMs,
    claim_attempt: attempt.claimAttempt,
    sender_attempt: wholeOrNull(attempt.senderAttempt),
    late: attempt.late,
    error_name: plainOrNull(attempt.errorName),
    error: plainOrNull(attempt.error),
    error_frame: plainOrNull(attempt.errorFrame),
    actor: plainOrNull(attempt.actor),
    body: body instanceof Uint8Array ? body : null,
    body_retain_ms: body === "drop" ? null : duration(bodyRetainMs),
    retain_ms: duration(retainMs),
  };
}

/** The longest duration in milliseconds: a time that far ahead is still a safe integer. */
const longestMs = 8e15;

/** A duration that can be added to the time. */
export function duration(milliseconds: number): number {
  return Math.ceil(Math.min(Math.max(milliseconds, 0), longestMs));
}

/** A whole number that a 64-bit column takes, and that comes back as it was. */
export function whole(value: number): number {
  return Math.trunc(Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER));
}

function wholeOrNull(value: number | null): number | null {
  return value === null ? null : whole(value);
}

/** PostgreSQL takes neither NUL nor half of a surrogate pair. */
export function plainText(text: string): string {
  return text.replaceAll("\0", "\ufffd").replace(/\p{Surrogate}/gu, "\ufffd");
}

function plainOrNull(text: string | null): string | null {
  return text === null ? null : plainText(text);
}
