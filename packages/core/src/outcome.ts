import type { Job } from "./event.ts";
import type { MalformedReason, Reply, UnauthenticReason } from "./provider.ts";
import type { DeliverySource } from "./reading/trust.ts";

/**
 * Every way a request can end, and its answer. The bodies are constant: senders store and show what a receiver
 * answers, so an answer holds nothing of the error, the event or the secret.
 */
const answers = {
  processed: [200, '{"received":true}'],
  duplicate: [200, '{"received":true,"duplicate":true}'],
  handshake: [200, '{"received":true}'],
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
  overloaded: [503, '{"error":"busy"}'],
  "secret-unavailable": [503, '{"error":"unavailable"}'],
  "store-unavailable": [503, '{"error":"unavailable"}'],
  "store-full": [503, '{"error":"unavailable"}'],
  "shutting-down": [503, '{"error":"unavailable"}'],
} as const;

/** How a request ended. `docs/errors.md` has the cause and the mend of each. */
export type OutcomeCode = keyof typeof answers;

/** What every outcome says. */
export interface OutcomeBase {
  readonly code: OutcomeCode;
  /**
   * The HTTP status that was answered. Of a late end: what had been answered before. Of a delivery that did not come
   * over HTTP: what would have been.
   */
  readonly status: number;
  readonly provider: string;
  /** The receiver's `scope`; empty where it has none. */
  readonly scope: string;
  /** How the delivery came: over HTTP, from a reconciler, or out of what was kept of it. */
  readonly source: DeliverySource;
  /** The path of the request's URL, without its query, as far as the adapter knows it. */
  readonly path: string | null;
  /** From receipt to this outcome, in milliseconds. */
  readonly durationMs: number;
  /** True for the end of a callback whose request had been answered before, at the deadline or when its lease was lost. */
  readonly late?: boolean | undefined;
}

/** What an outcome says of the delivery, once the request was verified and read. */
export interface OutcomeDelivery {
  /** The delivery key. */
  readonly key: string;
  /** The event's id; the delivery key where the sender signs none. */
  readonly eventId: string;
  /** The sender's own name of the event. */
  readonly type: string;
  /** The job that the event is about, where it is about one. */
  readonly job: Job | null;
  /** The sender's own attempt number; where it signs none, how often `persist` was called; null before either is known. */
  readonly attempt: number | null;
  /** How many attempts the sender makes, or null where it does not say. */
  readonly maxAttempts: number | null;
  /** Whether the sender will not try again if this attempt fails. False where it does not say. */
  readonly lastAttempt: boolean;
  /** Which of the configured secrets matched, counted from 0; null where it was no signature that was believed. */
  readonly secretIndex: number | null;
  /** How many times the store has seen the delivery claimed, where `persist` was to be called. */
  readonly claimAttempt?: number | undefined;
}

/** What an outcome can say beyond that. */
export interface OutcomeCause {
  /** Why it was refused, for `unauthentic` and `malformed`. */
  readonly reason?: UnauthenticReason | MalformedReason | undefined;
  /** What `persist`, the store, the provider or the secret function threw. */
  readonly error?: unknown;
  /** What to do about it, where the cause is how latchhook was mounted or configured. */
  readonly mend?: string | undefined;
  /** For `Retry-After`, in milliseconds; with status 503. */
  readonly retryAfterMs?: number | undefined;
}

/** All that an outcome can say beyond its code and its request. */
export type OutcomeDetails = Partial<OutcomeDelivery> & OutcomeCause;

type Ended<Code extends OutcomeCode, Details> = OutcomeBase & { readonly code: Code } & Details;

/**
 * How a request or a delivery ended, for logs and metrics. `code` tells the kinds apart: after the check
 * `outcome.code === "unauthentic"` its `reason` is known, after `"processed"` the delivery is. It holds no secret, no
 * signature and no body; `error` is what was thrown, and may hold anything.
 */
export type Outcome =
  | Ended<"processed" | "duplicate", OutcomeDelivery & OutcomeCause>
  | Ended<"in-flight", OutcomeDelivery & OutcomeCause & { readonly retryAfterMs: number }>
  | Ended<
      "persist-failed" | "lease-lost" | "store-unavailable" | "store-full",
      OutcomeDelivery & OutcomeCause
    >
  | Ended<"unauthentic", Partial<OutcomeDelivery> & OutcomeCause & { readonly reason: UnauthenticReason }>
  | Ended<"malformed", Partial<OutcomeDelivery> & OutcomeCause & { readonly reason: MalformedReason }>
  | Ended<"body-consumed", Partial<OutcomeDelivery> & OutcomeCause & { readonly mend: string }>
  | Ended<
      | "body-aborted"
      | "body-timeout"
      | "body-too-large"
      | "deadline-exceeded"
      | "handshake"
      | "internal-error"
      | "method-not-allowed"
      | "misconfigured"
      | "overloaded"
      | "secret-unavailable"
      | "shutting-down"
      | "unsupported-encoding",
      OutcomeDetails
    >;

/** Told how each request ended. What it returns is not awaited, and its failure, now or later, changes nothing. */
export type OutcomeObserver = (outcome: Outcome) => unknown;

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

/** The answer to an outcome; `reply` is the sender's own form of a 200. */
export function toAnswer(outcome: Pick<Outcome, "code" | "retryAfterMs">, reply?: Reply): Answer {
  const [status, body] = answers[outcome.code];
  if (reply !== undefined && status === 200) return toOwnAnswer(reply);
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (status === 405) headers.allow = "POST";
  if (status === 503)
    headers["retry-after"] = String(Math.max(1, Math.ceil((outcome.retryAfterMs ?? 0) / 1000)));
  return { status, headers, body };
}

function toOwnAnswer({ status = 200, contentType, body }: Reply): Answer {
  // What a sender asks to have echoed must not become a page.
  return { status, headers: { "content-type": contentType, "x-content-type-options": "nosniff" }, body };
}
