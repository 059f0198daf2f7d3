import type { WebhookEvent } from "./event.ts";
import type { IdentityPart } from "./reading/key.ts";
import type { HeaderSource } from "./request/headers.ts";
import type { RouteParameters } from "./request/request.ts";
import type { MaybePromise } from "./shared/maybe-promise.ts";

/** A request as it is verified: its headers, and the exact bytes of its body. */
export interface SignedRequest {
  readonly headers: HeaderSource;
  /** The body as it came over the wire. Bytes that were decoded and encoded again do not verify. */
  readonly body: Uint8Array;
  /** When the request arrived, in milliseconds since the epoch; freshness is judged against it. Default: now. */
  readonly receivedAt?: number | undefined;
  /** The HTTP method, in upper case, where it is known. */
  readonly method?: string | undefined;
  /**
   * The URL that was asked for, or its path and query, where it is known. Whoever sends the request chooses it, host
   * included: a sender that signs its URL is verified with a configured one.
   */
  readonly url?: string | undefined;
  /** The route's parameters, as the framework gives them: `{ tenant: "acme" }`. Unverified, as headers are. */
  readonly parameters?: RouteParameters | undefined;
}

/** Why a delivery cannot be believed. Answered 401, always with the same body. */
export type UnauthenticReason =
  | "missing-signature"
  | "malformed-signature"
  | "too-many-signatures"
  | "unsupported-signature-version"
  | "signature-mismatch"
  | "missing-timestamp"
  | "malformed-timestamp"
  | "stale-timestamp"
  | "future-timestamp"
  | "missing-id"
  | "malformed-id"
  | "conflicting-headers"
  | "metadata-mismatch"
  | "wrong-audience"
  | "stale-content"
  | "future-content";

/** Why an authentic delivery cannot be read. Answered 400. */
export type MalformedReason =
  | "not-utf8"
  | "not-json"
  | "not-an-object"
  | "not-an-array"
  | "not-a-form"
  | "bad-challenge";

/** A refusal is a value: what a sender sends never throws. */
export type Refusal =
  | { readonly ok: false; readonly kind: "unauthentic"; readonly reason: UnauthenticReason }
  | { readonly ok: false; readonly kind: "malformed"; readonly reason: MalformedReason };

/** What is answered in a sender's own words. Echoed text is bounded and never markup. */
export interface Reply {
  /** Default: 200. */
  readonly status?: number | undefined;
  readonly contentType: "application/json" | "text/plain" | "text/xml";
  readonly body: string;
}

/**
 * A question that a sender asks before it delivers: whether somebody is there, and knows a token or a secret. Nothing
 * is claimed and no callback is called.
 */
export interface Handshake {
  readonly ok: false;
  readonly kind: "handshake";
  readonly reply: Reply;
}

/** A request that is authentic and fresh. */
export interface Verified {
  readonly ok: true;
  /** Which of the configured secrets matched, counted from 0. */
  readonly secretIndex: number;
}

/** What the signed content of an authentic request says. */
export interface Reading<Event extends WebhookEvent = WebhookEvent> {
  readonly ok: true;
  /** The event. Its `id` is empty where the sender signed none; the delivery key then takes its place. */
  readonly event: Event;
  /** What makes this delivery the same over all its retries, from signed content. Hashed into the dedupe key. */
  readonly identity: readonly IdentityPart[];
  /**
   * A second identity that is claimed too, where an unsigned header had to become part of the first: the signature
   * itself, so that one captured request cannot run again under another header.
   */
  readonly replayIdentity?: readonly IdentityPart[] | undefined;
  /** The sender's own, signed count of attempts, where it has one. */
  readonly attempt?: number | undefined;
  /** How many attempts the sender says it makes. */
  readonly maxAttempts?: number | undefined;
  /** True where nothing that is signed limits a replay in time: the dedupe record is then kept for good. */
  readonly undated?: boolean | undefined;
}

/** How a sender delivers. The receiver checks its own limits against it when it is made. */
export interface DeliveryPolicy {
  /** How long the sender waits for an answer, in milliseconds. */
  readonly timeoutMs: number;
  /** The shortest pause between two attempts, in milliseconds. A lease must be over before the next attempt. */
  readonly shortestRetryGapMs: number;
  /** For how long the same delivery can come again, retried or replayed, in milliseconds. Records must outlive it. */
  readonly retryHorizonMs: number;
  /** How many attempts the sender makes, or null where it does not say. */
  readonly maxAttempts: number | null;
}

/**
 * One sender: how its requests are verified and what its signed content means. `Asks` is {@link Handshake} for a sender
 * that asks before it delivers.
 */
export interface Provider<Event extends WebhookEvent = WebhookEvent, Asks extends Handshake = never> {
  /** In kebab case. Part of every dedupe key: a provider that is renamed forgets what it has seen. */
  readonly name: string;
  readonly policy: DeliveryPolicy;
  /**
   * Refuses by the headers alone what `verify` would refuse for them: absent, misshapen or stale. Called before the
   * body is read, so that such a request costs neither memory nor a hash.
   */
  precheck(request: Omit<SignedRequest, "body">): Refusal | undefined;
  /**
   * Authenticity and freshness over the bytes; parses nothing. Synchronous, unless the secret is resolved
   * asynchronously or the platform has only Web Crypto.
   *
   * @throws LatchhookError `secret-unavailable` when a secret resolver fails. Never for what a sender sent; anything
   * else that is thrown is a fault of the provider, and answered 500.
   */
  verify(request: SignedRequest): MaybePromise<Verified | Refusal>;
  /** Reads what `verify` has accepted: event and identity from signed content. Call it only after `verify`. */
  read(request: SignedRequest): Reading<Event> | Refusal | Asks;
  /**
   * Answers a question that comes before there is a signature, such as a GET with a challenge. Called for what is not
   * a POST, without its body; undefined where it is no handshake.
   *
   * @throws LatchhookError `secret-unavailable` when a token cannot be had.
   */
  greet?(request: Omit<SignedRequest, "body">): MaybePromise<Handshake | Refusal | undefined>;
  /** What this sender takes for success, where that is not any 2xx: the answer to what was processed or came before. */
  readonly successReply?: Reply | undefined;
}

/** Declares a provider. At run time the identity function; it gives the object its type. */
export function defineProvider<Event extends WebhookEvent, Asks extends Handshake = never>(
  provider: Provider<Event, Asks>,
): Provider<Event, Asks> {
  return provider;
}

/** A refusal of a request that cannot be believed. */
export function unauthentic(reason: UnauthenticReason): Refusal {
  return { ok: false, kind: "unauthentic", reason };
}

/** The answer to a sender's question before it delivers. */
export function handshake(reply: Reply): Handshake {
  return { ok: false, kind: "handshake", reply };
}

/** A refusal of an authentic request that cannot be read. */
export function malformed(reason: MalformedReason): Refusal {
  return { ok: false, kind: "malformed", reason };
}
