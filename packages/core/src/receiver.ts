import { acquireWithin } from "./claims.ts";
import { environmentVariable } from "./environment.ts";
import { isLatchhookError } from "./errors.ts";
import type { WebhookEvent } from "./event.ts";
import { firstAnswer } from "./first-answer.ts";
import { readHeader } from "./headers.ts";
import { identifyEvent } from "./identify-event.ts";
import { logFailure, notify } from "./observe.ts";
import {
  type AnyReceiverOptions,
  type ReceiverLimits,
  type ReceiverOptions,
  resolveLimits,
} from "./options.ts";
import { type Answer, type Outcome, type OutcomeCode, statusOf, toAnswer } from "./outcome.ts";
import type { Refusal, SignedRequest, Verified } from "./provider.ts";
import { type BodyResult, fromFetchRequest, type WebhookRequest } from "./request.ts";
import { runDelivery } from "./run-delivery.ts";
import type { StandardSchema } from "./schema.ts";
import type { Store } from "./store.ts";

/** Receives one sender's deliveries. */
export interface Receiver {
  /** For whatever speaks Fetch. Rejects for nothing that a sender sends. */
  handle(request: Request, context?: HandleContext): Promise<Response>;
  /** For adapters: the same over a request whose body has not been read. */
  receive(request: WebhookRequest): Promise<Answer>;
  /**
   * For shutdown: answers 503 from now on and resolves once all callbacks in flight have ended and their claims are
   * completed or given back. It does not close the store, which other receivers may share.
   */
  close(): Promise<void>;
}

export interface HandleContext {
  /** Keeps the runtime alive for a callback that outlives its answer; on Workers `ctx.waitUntil`. */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
}

/** What an outcome says beyond its code. */
type Details = Omit<Outcome, "code" | "status" | "provider" | "durationMs">;

/** One request on its way through the pipeline. */
interface Passage {
  readonly request: WebhookRequest;
  readonly receivedAt: number;
  /** Milliseconds until the answer is due. */
  readonly leftMs: () => number;
  readonly outcome: (code: OutcomeCode, details?: Details) => Outcome;
}

/**
 * Makes a receiver.
 *
 * @throws LatchhookError `invalid-option` for limits that cannot keep the guarantees with this provider.
 * @example
 * const receiver = createReceiver({ provider: aiStats(), store: memoryStore(), persist: saveEvent });
 * const response = await receiver.handle(request);
 */
export function createReceiver<
  Event extends WebhookEvent,
  Transaction = never,
  Schema extends StandardSchema | undefined = undefined,
>(receiverOptions: ReceiverOptions<Event, Transaction, Schema>): Receiver {
  const options = receiverOptions as unknown as AnyReceiverOptions;
  const limits = resolveLimits(options);
  const observer = options.onOutcome ?? logFailure;
  const inFlight = new Set<Promise<unknown>>();
  let closing = false;
  warnInProduction(options.store);

  function track<Result>(work: Promise<Result>): Promise<Result> {
    inFlight.add(work);
    const forget = () => inFlight.delete(work);
    work.then(forget, forget);
    return work;
  }

  function start(request: WebhookRequest): Passage {
    const startedAt = performance.now();
    return {
      request,
      receivedAt: Date.now(),
      leftMs: () => limits.deadlineMs - (performance.now() - startedAt),
      outcome: (code, details) => ({
        code,
        status: statusOf(code),
        provider: options.provider.name,
        durationMs: performance.now() - startedAt,
        retryAfterMs: limits.leaseMs,
        ...details,
      }),
    };
  }

  function process(
    passage: Passage,
    body: Uint8Array,
    answerEarly: (outcome: Outcome) => void,
  ): Promise<Outcome> {
    return track(
      processBody(passage, body, options, limits, answerEarly).catch((error: unknown) =>
        passage.outcome("internal-error", { error }),
      ),
    );
  }

  async function decide(passage: Passage): Promise<Outcome> {
    if (closing) return passage.outcome("shutting-down");
    const refused = refuseByHeaders(passage, options, limits);
    if (refused !== undefined) return refused;
    const body = await passage.request.readBody({
      maxBytes: limits.maxBodyBytes,
      timeoutMs: Math.max(0, Math.min(limits.bodyTimeoutMs, passage.leftMs())),
    });
    if (!body.ok) return refuseBody(passage, body);
    if (body.bytes.byteLength > limits.maxBodyBytes) return passage.outcome("body-too-large");
    return firstAnswer(
      (answerEarly) => process(passage, body.bytes, answerEarly),
      passage.leftMs(),
      () => passage.outcome("deadline-exceeded"),
      (settled) => {
        const observed = settled.then((outcome) => notify(observer, { ...outcome, late: true }));
        passage.request.waitUntil?.(observed);
      },
    );
  }

  async function receive(request: WebhookRequest): Promise<Answer> {
    const passage = start(request);
    const outcome = await decide(passage).catch((error: unknown) =>
      passage.outcome("internal-error", { error }),
    );
    notify(observer, outcome);
    if (outcome.code === "body-consumed" && observer !== logFailure) logFailure(outcome);
    return toAnswer(outcome);
  }

  return {
    receive,
    async handle(request, context) {
      const { status, headers, body } = await receive(fromFetchRequest(request, context?.waitUntil));
      return new Response(request.method === "HEAD" ? null : body, { status, headers });
    },
    async close() {
      closing = true;
      await Promise.allSettled(inFlight);
    },
  };
}

/** What the request line and the headers alone rule out, before a byte of the body is read. */
function refuseByHeaders(
  { request, receivedAt, outcome }: Passage,
  { provider }: AnyReceiverOptions,
  { maxBodyBytes }: ReceiverLimits,
): Outcome | undefined {
  const { method, headers } = request;
  if (method !== "POST") return outcome("method-not-allowed");
  const encoding = readHeader(headers, "content-encoding");
  // Only the bytes of the wire are signed; what they decompress to cannot be verified.
  if (encoding !== undefined && encoding.trim().toLowerCase() !== "identity" && encoding !== "") {
    return outcome("unsupported-encoding");
  }
  if (Number(readHeader(headers, "content-length")) > maxBodyBytes) return outcome("body-too-large");
  const refusal = provider.precheck({ headers, receivedAt });
  return refusal === undefined ? undefined : outcome(refusal.kind, { reason: refusal.reason });
}

function refuseBody({ outcome }: Passage, body: BodyResult & { readonly ok: false }): Outcome {
  return body.reason === "consumed"
    ? outcome("body-consumed", { mend: body.mend })
    : outcome(`body-${body.reason}`);
}

/** From bytes to outcome: verify, read, claim, persist, complete. Nothing unverified reaches the store. */
async function processBody(
  { request, receivedAt, leftMs, outcome }: Passage,
  body: Uint8Array,
  options: AnyReceiverOptions,
  limits: ReceiverLimits,
  answerEarly: (outcome: Outcome) => void,
): Promise<Outcome> {
  const { provider, store } = options;
  const signed: SignedRequest = { headers: request.headers, body, receivedAt };
  let verified: Verified | Refusal;
  try {
    verified = await provider.verify(signed);
  } catch (error) {
    return outcome("secret-unavailable", { error });
  }
  if (!verified.ok) return outcome(verified.kind, { reason: verified.reason });
  const { secretIndex } = verified;
  const reading = provider.read(signed);
  if (!reading.ok) return outcome(reading.kind, { reason: reading.reason, secretIndex });

  const { event, keys } = await identifyEvent(options.scope ?? "", provider, reading);
  const known = { secretIndex, key: keys[0] };
  try {
    const acquired = await acquireWithin(store, keys, limits, Math.min(limits.waitMs, leftMs()));
    if (acquired.state === "completed") return outcome("duplicate", known);
    if (acquired.state === "in-flight") {
      return outcome("in-flight", { ...known, retryAfterMs: acquired.retryAfterMs });
    }
    const toOutcome = outcomeWith(outcome, { ...known, claimAttempt: acquired.attempt });
    const delivery = {
      acquired,
      reading,
      event,
      headers: request.headers,
      body,
      receivedAt,
      policyMaxAttempts: provider.policy.maxAttempts,
    };
    const run = { store, limits, schema: options.schema, persist: options.persist };
    return toOutcome(await runDelivery(delivery, run, (lost) => answerEarly(toOutcome(lost))));
  } catch (error) {
    const full = isLatchhookError(error) && error.code === "store-full";
    return outcome(full ? "store-full" : "store-unavailable", { ...known, error });
  }
}

function outcomeWith(
  outcome: Passage["outcome"],
  known: Details,
): (result: { readonly code: OutcomeCode; readonly error?: unknown }) => Outcome {
  return ({ code, error }) => outcome(code, error === undefined ? known : { ...known, error });
}

const warned = new WeakSet<object>();

function warnInProduction(store: Store<never>): void {
  if (store.productionWarning === undefined || warned.has(store)) return;
  if (environmentVariable("NODE_ENV") !== "production") return;
  warned.add(store);
  console.warn(`[latchhook] ${store.productionWarning}`);
}
