import { type Passage, startPassage } from "../delivery/passage.ts";
import { runLeased } from "../delivery/run-leased.ts";
import type { WebhookEvent } from "../event.ts";
import type { Inbox } from "../inbox.ts";
import { findInstruments, unobserved } from "../observers/instruments.ts";
import { notifyObservers, resolveObservers } from "../observers/observers.ts";
import { type AnyReceiverOptions, type ReceiverOptions, resolveLimits } from "../options.ts";
import type { Answer, Outcome } from "../outcome.ts";
import { malformed, type Refusal, type SignedRequest } from "../provider.ts";
import type { StandardSchema } from "../reading/schema.ts";
import { type DeliverySource, type Trusted, trust } from "../reading/trust.ts";
import { fromFetchRequest } from "../request/fetch-request.ts";
import type { HeaderSource } from "../request/headers.ts";
import { pathOf } from "../request/path-of.ts";
import type { WebhookRequest } from "../request/request.ts";

import { createBodyBudget } from "./body-budget.ts";
import { describeReceiver, type ReceiverDescription } from "./describe-receiver.ts";
import { firstAnswer } from "./first-answer.ts";
import { greetSender } from "./greet-sender.ts";
import { trackInFlight } from "./in-flight.ts";
import { refuseBody, refuseByHeaders } from "./refuse-request.ts";
import { isTrusted, verifyRequest } from "./verify-request.ts";
import { warnInProduction } from "./warn-in-production.ts";

/** Receives one sender's deliveries. */
export interface Receiver {
  /** For whatever speaks Fetch. Rejects for nothing that a sender sends. */
  handle(request: Request, context?: HandleContext): Promise<Response>;
  /** For adapters: the same over a request whose body has not been read. */
  receive(request: WebhookRequest): Promise<Answer>;
  /**
   * Reads content that did not come as a signed request and is to be believed all the same: you asked the sender for
   * it, or kept it when it was verified.
   *
   * @returns a refusal where the provider cannot read it, or finds it too old.
   */
  trust(content: VouchedContent): Promise<Trusted | Refusal>;
  /**
   * Runs a trusted delivery: claims it, calls the callback, marks it done. A delivery that came before, in whatever
   * way, is a duplicate. Resolves when the callback has ended or its lease is lost, after `maxRunMs` at the latest;
   * there is no deadline, for nobody waits for an answer.
   */
  deliver(trusted: Trusted): Promise<Outcome>;
  /** What happened to its deliveries; undefined where the option `inbox` is not set. */
  readonly inbox: Inbox | undefined;
  /** How it is configured, without secrets. */
  describe(): ReceiverDescription;
  /**
   * For shutdown: answers 503 from now on and resolves once all requests in flight, also those whose body is still on
   * its way, are answered, their callbacks have ended or lost their lease (after `maxRunMs` at the latest), and the
   * others' claims are completed or given back, and what waits for the inbox is written. It does not close the store, which other receivers may share.
   */
  close(): Promise<void>;
}

/** Content that the caller answers for. */
export interface VouchedContent {
  readonly body: Uint8Array;
  /** Default: none. One that is there and contradicts the body is refused, as in a request. */
  readonly headers?: HeaderSource | undefined;
  /** Why it comes this way: `reconcile` for an answer to our own question, `replay` for what was kept. */
  readonly source: Exclude<DeliverySource, "http">;
  /** When it came first, in milliseconds since the epoch. Default: now. */
  readonly receivedAt?: number | undefined;
  /** Which secret verified it when it came first, counted from 0. Default: null, none did. */
  readonly secretIndex?: number | null | undefined;
}

export interface HandleContext {
  /** Keeps the runtime alive for a callback that outlives its answer. On Workers pass the `ctx` itself. */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
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
  const { provider, scope = "" } = options;
  const observers = resolveObservers(options.onOutcome);
  const instruments = findInstruments(observers);
  const observeStep = instruments?.observeStep ?? unobserved;
  const store = instruments?.measure(options.store) ?? options.store;
  const run = runLeased({ ...options, store }, limits, observeStep);
  const verify = observeStep("verify", (passage, received: ReceivedRequest) =>
    verifyRequest(provider, scope, received, passage),
  );
  const inFlight = trackInFlight();
  const budget = createBodyBudget(limits.maxBytesInFlight);
  const { inbox } = options;
  const kept =
    inbox === undefined
      ? undefined
      : store.inbox?.open({ provider, scope, inbox, observers }, store.inbox, deliver);
  let closing = false;
  warnInProduction(options.store);
  instruments?.attach({ provider: provider.name, scope, inbox: kept?.inbox });

  function start(
    source: DeliverySource,
    path: string | null,
    deadlineMs: number,
    { headers, receivedAt = Date.now() }: { readonly headers: HeaderSource; readonly receivedAt?: number },
  ): Passage {
    return startPassage({
      provider: provider.name,
      scope,
      source,
      path,
      deadlineMs,
      successReply: provider.successReply,
      retryAfterMs: limits.leaseMs,
      recorder: kept?.recorder,
      observation: instruments?.begin({ provider: provider.name, scope, source, headers, receivedAt }),
    });
  }

  function tell(outcome: Outcome, passage: Passage): void {
    kept?.recorder.observe(outcome, passage.recording());
    notifyObservers(observers, outcome);
    // At the deadline it goes on, and ends later.
    if (outcome.late || passage.answeredStatus() === undefined) passage.observation?.ended(outcome);
  }

  function tellLate(settled: Promise<Outcome>, status: number, passage: Passage): Promise<void> {
    passage.answeredEarly(status);
    return settled.then(async (outcome) => {
      tell({ ...outcome, status, late: true }, passage);
      await kept?.written();
    });
  }

  /** Runs a delivery, or says why it cannot be trusted. Goes on to its end whatever is answered meanwhile. */
  async function runTracked(
    toTrusted: () => Promise<Trusted | Outcome>,
    passage: Passage,
    answerEarly: (outcome: Outcome) => void,
    onEnd?: () => void,
  ): Promise<Outcome> {
    const ended = inFlight.begin();
    function end(): void {
      ended();
      onEnd?.();
    }
    function onLost(outcome: Outcome): void {
      // A callback that hangs must hold up neither a shutdown nor the budget: without its lease it can only stop.
      end();
      passage.observation?.ended(outcome);
      answerEarly(outcome);
    }
    try {
      const trusted = await toTrusted();
      if (!isTrusted(trusted)) return trusted;
      passage.identify(trusted);
      return await run(trusted, passage, onLost);
    } catch (error) {
      return passage.outcome("internal-error", { error });
    } finally {
      end();
    }
  }

  async function decide(request: WebhookRequest, passage: Passage): Promise<Outcome> {
    if (closing) return passage.outcome("shutting-down");
    const { method, url, parameters, headers } = request;
    const { receivedAt } = passage;
    if (method !== "POST" && provider.greet !== undefined) return greetSender(provider, request, passage);
    const refused = refuseByHeaders(request, passage, provider, limits.maxBodyBytes);
    if (refused !== undefined) return refused;
    const timeoutMs = Math.max(0, Math.min(limits.bodyTimeoutMs, passage.leftMs()));
    const { maxBodyBytes: maxBytes } = limits;
    const { admit, release } = budget.open();
    const body = await request.readBody({ maxBytes, timeoutMs, admit });
    if (!body.ok || body.bytes.byteLength > maxBytes) {
      release();
      return body.ok ? passage.outcome("body-too-large") : refuseBody(body, passage);
    }
    const received: ReceivedRequest = {
      method,
      url,
      parameters,
      headers,
      body: body.bytes,
      receivedAt,
    };
    return firstAnswer(
      (answerEarly) => runTracked(() => verify(passage, received), passage, answerEarly, release),
      passage.leftMs(),
      () => passage.outcome("deadline-exceeded"),
      (settled, { status }) => keepAlive(request, tellLate(settled, status, passage)),
    );
  }

  async function receive(request: WebhookRequest): Promise<Answer> {
    const passage = start("http", pathOf(request.url), limits.deadlineMs, request);
    // From before the body is read: what is accepted now still has its callback to run, whenever `close` is called.
    const end = inFlight.begin();
    const outcome = await decide(request, passage).catch((error: unknown) =>
      passage.outcome("internal-error", { error }),
    );
    end();
    tell(outcome, passage);
    if (kept !== undefined && request.waitUntil !== undefined) keepAlive(request, kept.written());
    return passage.answer(outcome);
  }

  async function deliver(trusted: Trusted): Promise<Outcome> {
    const passage = start(trusted.source, null, Number.POSITIVE_INFINITY, trusted);
    const outcome = closing
      ? passage.outcome("shutting-down")
      : await firstAnswer(
          (answerEarly) => runTracked(async () => trusted, passage, answerEarly),
          Number.POSITIVE_INFINITY,
          () => passage.outcome("deadline-exceeded"),
          (settled, { status }) => void tellLate(settled, status, passage),
        );
    tell(outcome, passage);
    return outcome;
  }

  return {
    receive,
    deliver,
    inbox: kept?.inbox,
    describe: () => describeReceiver(options, limits, kept?.description ?? null),
    async trust({ body, headers = {}, source, receivedAt = Date.now(), secretIndex = null }) {
      const trusted = await trust(provider, { headers, body, receivedAt }, { scope, source, secretIndex });
      return trusted.ok || trusted.kind !== "handshake" ? trusted : malformed("bad-challenge");
    },
    async handle(request, context) {
      const { status, headers, body } = await receive(
        fromFetchRequest(request, context?.waitUntil && ((work) => context.waitUntil?.(work))),
      );
      const hasBody = request.method !== "HEAD" && body !== "";
      return new Response(hasBody ? body : null, { status, headers });
    },
    async close() {
      closing = true;
      await inFlight.ended();
      await kept?.close();
    },
  };
}

/** A request, all of it read. */
type ReceivedRequest = SignedRequest & { readonly receivedAt: number };

/** A runtime that will not be kept alive (an answer is out already) cannot end the process. */
export function keepAlive(request: WebhookRequest, work: Promise<unknown>): void {
  try {
    request.waitUntil?.(work);
  } catch {
    // The work goes on for as long as the runtime lets it.
  }
}
