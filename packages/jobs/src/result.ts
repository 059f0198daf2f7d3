/** Why a call to a sender's API gave no value. `docs/jobs.md` says what to do about each. */
export type JobErrorCode =
  /** The id is empty, too long or could leave its place in the URL; nothing was sent. */
  | "invalid-id"
  /** The webhook's URL or events would be refused by the sender; nothing was sent. */
  | "invalid-subscription"
  /** The API key was refused (401, 403). */
  | "unauthorized"
  /** The sender does not know the job (404, 410). */
  | "not-found"
  /** The job has no content yet (409 `not_ready`), or ended without any; it is not retryable then. */
  | "not-ready"
  /** Too many calls (429); `retryAfterMs` says how long to pause, where the sender says it. */
  | "rate-limited"
  /** Any other 4xx, or 501: the sender will not do this, however often it is asked. */
  | "refused"
  /** Any other 5xx, 408 or 425: the sender is in trouble. */
  | "unavailable"
  /** 3xx: redirects are not followed, for they would carry the API key elsewhere. */
  | "redirected"
  /** No connection, or it broke. */
  | "unreachable"
  /** No whole answer within `timeoutMs`. */
  | "timeout"
  /** The answer is larger than `maxResponseBytes`. */
  | "too-large"
  /** A 2xx that is not the JSON object that was expected. */
  | "malformed-response"
  /** The job has a status that this version does not know. */
  | "unknown-status"
  /** The caller's AbortSignal ended it. */
  | "aborted"
  /** The job did not end within the time that `wait` was given. */
  | "gave-up";

/** A failure as a value. It holds no API key, no secret, no body and no URL's query. */
export interface JobError {
  readonly code: JobErrorCode;
  /** What happened and what to do, for logs. */
  readonly message: string;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** The HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  /** The sender's own word for it, such as `video_not_ready`. */
  readonly reason?: string | undefined;
  /** How long the sender asks to pause, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** For `gave-up`: what the last poll met, where it failed. */
  readonly last?: JobError | undefined;
}

export interface JobFailure {
  readonly ok: false;
  readonly error: JobError;
}

/** What every call returns: its fields, or why there are none. Calls never throw for what a sender answers. */
export type JobResult<Fields> = ({ readonly ok: true } & Fields) | JobFailure;

const retryableCodes: ReadonlySet<JobErrorCode> = new Set<JobErrorCode>([
  "not-ready",
  "rate-limited",
  "unavailable",
  "unreachable",
  "timeout",
  "too-large",
  "malformed-response",
  "unknown-status",
]);

/** A failure. Whether it may be retried follows from its code unless `details` says otherwise. */
export function failure(
  code: JobErrorCode,
  message: string,
  details: Partial<Omit<JobError, "code" | "message">> = {},
): JobFailure {
  return { ok: false, error: { code, message, retryable: retryableCodes.has(code), ...details } };
}
