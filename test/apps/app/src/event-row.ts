import type { Delivery, WebhookEvent } from "@latchhook/core";
import { monotonicMs } from "./monotonic-ms.ts";

/** A persisted event, as `GET /events` shows it. */
export interface EventRow {
  readonly provider: string;
  readonly id: string;
  readonly type: string;
  readonly jobId: string | null;
  readonly status: string | null;
  readonly key: string;
  readonly attempt: number;
  /** ISO 8601. */
  readonly persistedAt: string;
}

/** The row of an event that is being persisted now. */
export function toEventRow(event: WebhookEvent, delivery: Delivery<unknown>): EventRow {
  return {
    provider: event.provider,
    id: event.id,
    type: event.type,
    jobId: event.job?.id ?? null,
    status: event.job?.status ?? null,
    key: delivery.key,
    attempt: delivery.attempt,
    persistedAt: new Date().toISOString(),
  };
}

/** The columns of the events table, in the order of {@link toColumns}. */
export const eventColumns =
  "provider, event_id, event_type, job_id, job_status, delivery_key, attempt, persisted_at, process, written_at";

/**
 * The values to insert. A sender may sign any text as an id, and databases do not keep any text: PostgreSQL refuses
 * NUL, and a lone surrogate is no UTF-8. So what the sender chose is kept as JSON text, which escapes both.
 *
 * Which process wrote a row, and when by a clock that all processes share, is for the fault tests.
 */
export function toColumns(row: EventRow): (string | number | null)[] {
  return [
    row.provider,
    JSON.stringify(row.id),
    JSON.stringify(row.type),
    row.jobId === null ? null : JSON.stringify(row.jobId),
    row.status,
    row.key,
    row.attempt,
    row.persistedAt,
    process.pid,
    monotonicMs(),
  ];
}

/** A row as the database gives it back. */
export interface StoredEvent {
  readonly provider: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly job_id: string | null;
  readonly job_status: string | null;
  readonly delivery_key: string;
  /** PostgreSQL gives a bigint as text. */
  readonly attempt: number | string;
  readonly persisted_at: string;
}

/** Undoes {@link toColumns}. */
export function fromStoredEvent(stored: StoredEvent): EventRow {
  return {
    provider: stored.provider,
    id: JSON.parse(stored.event_id) as string,
    type: JSON.parse(stored.event_type) as string,
    jobId: stored.job_id === null ? null : (JSON.parse(stored.job_id) as string),
    status: stored.job_status,
    key: stored.delivery_key,
    attempt: Number(stored.attempt),
    persistedAt: stored.persisted_at,
  };
}
