import { isJsonObject, objectMember, stringMember } from "@latchhook/core/kit";

/**
 * What the sender itself said of this delivery in the last body that is kept: AI Stats puts its own account of it into
 * `data.webhook`. It describes the moment before that body was sent.
 */
export interface SenderView {
  readonly attempts: number | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  /** Milliseconds since the epoch; null where it names none. */
  readonly nextRetryAt: number | null;
}

export function readSenderView(body: unknown): SenderView | null {
  if (!isJsonObject(body)) return null;
  const webhook = objectMember(objectMember(body.data).webhook);
  const summary = webhook.delivery;
  if (!isJsonObject(summary)) return null;
  const attempts = Array.isArray(webhook.attempts) ? webhook.attempts.filter(isJsonObject) : [];
  const last = attempts.at(-1) ?? {};
  return {
    attempts: finite(summary.total_attempts),
    lastStatus: finite(summary.last_response_status) ?? finite(last.response_status),
    lastError: stringMember(summary.last_error_message) || stringMember(last.error_message) || null,
    nextRetryAt: readDate(summary.next_retry_at),
  };
}

/** When the sender says that it made the body, where its content says so: `created_at` as ISO 8601 or in seconds. */
export function createdAtOf(body: unknown): number | null {
  return isJsonObject(body) ? readDate(body.created_at) : null;
}

function finite(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function readDate(value: unknown): number | null {
  const at =
    typeof value === "string" ? Date.parse(value) : typeof value === "number" ? value * 1_000 : Number.NaN;
  // What `Date` cannot write is no time.
  return Number.isFinite(at) && Math.abs(at) < 8.64e15 ? at : null;
}
