import { environmentVariable } from "./environment.ts";
import type { WebhookEvent } from "./event.ts";
import { firstAnswer } from "./first-answer.ts";
import { logFailure, notify } from "./observe.ts";
import { type AnyReceiverOptions, type ReceiverOptions, resolveLimits } from "./options.ts";
import { type Answer, type Outcome, toAnswer } from "./outcome.ts";
import { type Passage, startPassage } from "./passage.ts";
import { claimAndRun, verifyAndRead } from "./process-delivery.ts";
import type { Reading, SignedRequest } from "./provider.ts";
import { refuseBody, refuseByHeaders } from "./refuse-request.ts";
import { fromFetchRequest, type WebhookRequest } from "./request.ts";
import type { StandardSchema } from "./schema.ts";
import type { Store } from "./store.ts";

/** Receives one sender's deliveries. */
export interface Receiver<Event extends WebhookEvent = WebhookEvent> {
  /** For whatever speaks Fetch. Rejects for nothing that a sender sends. */
  handle(request: Request, context?: HandleContext): Promise<Response>;
  /** For adapters: the same over a request whose body has not been read. */
  receive(request: WebhookRequest): Promise<Answer>;
  /**
   * For what did not come by webhook, such as an event that polling the sender's API has brought to light: runs it
   * through the same dedupe, lease and callback, under the key that its webhook has. You vouch for the content.
   */
  deliver(reading: Reading<Event>): Promise<Outcome>;
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
>(receiverOptions: ReceiverOptions<Event, Transaction, Schema>): Receiver<Event> {
  const options = receiverOptions as unknown as AnyReceiverOptions;
  const { provider } = options;
  const limits = resolveLimits(options);
  const observer = options.onOutcome ?? logFailure;
  const inFlight = new Set<Promise<Outcome>>();
  let closing = false;
  warnInProduction(options.store);

  /** Runs the work to its end, whatever is answered meanwhile: 503 at the deadline, or when the lease is lost. */
  function answerInTime(
    passage: Passage,
    work: (answerEarly: (outcome: Outcome) => void) => Promise<Outcome>,
    waitUntil: HandleContext["waitUntil"],
  ): Promise<Outcome> {
    return firstAnswer(
      (answerEarly) => {
        const settled = work(answerEarly).catch((error: unknown) =>
          passage.outcome("internal-error", { error }),
        );
        inFlight.add(settled);
        return settled.finally(() => inFlight.delete(settled));
      },
      passage.leftMs(),
      () => passage.outcome("deadline-exceeded"),
      (settled) => {
        const observed = settled.then((outcome) => notify(observer, { ...outcome, late: true }));
        waitUntil?.(observed);
      },
    );
  }

  async function decide(request: WebhookRequest, passage: Passage): Promise<Outcome> {
    if (closing) return passage.outcome("shutting-down");
    const refused = refuseByHeaders(request, passage, provider, limits.maxBodyBytes);
    if (refused !== undefined) return refused;
    const timeoutMs = Math.max(0, Math.min(limits.bodyTimeoutMs, passage.leftMs()));
    const body = await request.readBody({ maxBytes: limits.maxBodyBytes, timeoutMs });
    if (!body.ok) return refuseBody(body, passage);
    if (body.bytes.byteLength > limits.maxBodyBytes) return passage.outcome("body-too-large");
    const signed: SignedRequest = {
      headers: request.headers,
      body: body.bytes,
      receivedAt: passage.receivedAt,
    };
    return answerInTime(
      passage,
      async (answerEarly) => {
        const trusted = await verifyAndRead(provider, signed, passage);
        return trusted.ok ? claimAndRun(trusted, passage, { options, limits }, answerEarly) : trusted.outcome;
      },
      request.waitUntil,
    );
  }

  function start(): Passage {
    return startPassage(provider.name, limits.deadlineMs, limits.leaseMs);
  }

  async function receive(request: WebhookRequest): Promise<Answer> {
    const passage = start();
    const outcome = await decide(request, passage).catch((error: unknown) =>
      passage.outcome("internal-error", { error }),
    );
    notify(observer, outcome);
    // How latchhook is mounted is for whoever mounted it, not for an observer that counts outcomes.
    if (outcome.code === "body-consumed" && observer !== logFailure) logFailure(outcome);
    return toAnswer(outcome);
  }

  return {
    receive,
    async handle(request, context) {
      const { status, headers, body } = await receive(fromFetchRequest(request, context?.waitUntil));
      return new Response(request.method === "HEAD" ? null : body, { status, headers });
    },
    async deliver(reading) {
      const passage = start();
      const trusted = { reading, signed: { headers: {}, body: new Uint8Array() } };
      const outcome = closing
        ? passage.outcome("shutting-down")
        : await answerInTime(
            passage,
            (answerEarly) => claimAndRun(trusted, passage, { options, limits }, answerEarly),
            undefined,
          );
      notify(observer, outcome);
      return outcome;
    },
    async close() {
      closing = true;
      await Promise.allSettled(inFlight);
    },
  };
}

const warned = new WeakSet<object>();

function warnInProduction(store: Store<never>): void {
  if (store.productionWarning === undefined || warned.has(store)) return;
  if (environmentVariable("NODE_ENV") !== "production") return;
  warned.add(store);
  console.warn(`[latchhook] ${store.productionWarning}`);
}
