import type { MalformedReason, UnauthenticReason } from "./provider.ts";

/**
 * Every way a request can end, and its answer. The bodies are constant: senders store and show what a receiver
 * answers, so an answer holds nothing of the error, the event or the secret.
 */
const answers = {
  processed: [200, '{"received":true}'],
  duplicate: [200, '{"received":true,"duplicate":true}'],
  malformed: [400, '{"error":"malformed"}'],
  "body-aborted": [400, '{"error":"malformed"}'],
  unauthentic: [401, '{"error":"unauthentic"}'],
  "method-not-allowed": [405, '{"error":"method not allowed"}'],
  "body-timeout": [408, '{"error":"timeout"}'],
  "body-too-large": [413, '{"error":"too large"}'],
  "unsupported-encoding": [415, '{"error":"unsupported encoding"}'],
  "persist-failed": [500, '{"error":"failed"}'],
  "body-consumed": [500, '{"error":"failed"}'],
  misconfigured: [500, '{"error":"failed"}'],
  "internal-error": [500, '{"error":"failed"}'],
  "in-flight": [503, '{"error":"busy"}'],
  "deadline-exceeded": [503, '{"error":"busy"}'],
  "lease-lost": [503, '{"error":"busy"}'],
  "secret-unavailable": [503, '{"error":"unavailable"}'],
  "store-unavailable": [503, '{"error":"unavailable"}'],
  "store-full": [503, '{"error":"unavailable"}'],
  "shutting-down": [503, '{"error":"unavailable"}'],
} as const;

/** How a request ended. `docs/errors.md` has the cause and the mend of each. */
export type OutcomeCode = keyof typeof answers;

/** How a request ended, for logs and metrics. Holds no secret, no signature and no body. */
export interface Outcome {
  readonly code: OutcomeCode;
  readonly status: number;
  readonly provider: string;
  /** Why it was refused, for `unauthentic` and `malformed`. */
  readonly reason?: UnauthenticReason | MalformedReason | undefined;
  /** The delivery key, once the request was verified and read. */
  readonly key?: string | undefined;
  /** Which of the configured secrets matched, counted from 0. */
  readonly secretIndex?: number | undefined;
  /** How many times the store has seen the delivery claimed, where `persist` was called. */
  readonly claimAttempt?: number | undefined;
  /** From receipt to this outcome, in milliseconds. */
  readonly durationMs: number;
  /** What `persist`, the store or the secret function threw. */
  readonly error?: unknown;
  /** What to do about it, where the cause is how latchhook was mounted or configured. */
  readonly mend?: string | undefined;
  /** True for the end of a callback whose request had been answered 503 at the deadline. */
  readonly late?: boolean | undefined;
  /** For `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** What goes back over the wire. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The HTTP status of an outcome. */
export function statusOf(code: OutcomeCode): number {
  return answers[code][0];
}

/** The answer to an outcome. */
export function toAnswer(outcome: Pick<Outcome, "code" | "retryAfterMs">): Answer {
  const [status, body] = answers[outcome.code];
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (status === 405) headers.allow = "POST";
  if (status === 503)
    headers["retry-after"] = String(Math.max(1, Math.ceil((outcome.retryAfterMs ?? 0) / 1000)));
  return { status, headers, body };
}
