import type { WebhookEvent } from "../event.ts";
import { type AnyReceiverOptions, type ReceiverOptions, resolveLimits } from "../options.ts";
import { type Answer, type Outcome, toAnswer } from "../outcome.ts";
import type { SignedRequest } from "../provider.ts";
import type { StandardSchema } from "../reading/schema.ts";
import { fromFetchRequest, type WebhookRequest } from "../request/request.ts";
import { environmentVariable } from "../shared/environment.ts";
import type { Store } from "../store.ts";
import { firstAnswer } from "./first-answer.ts";
import { trackInFlight } from "./in-flight.ts";
import { logFailure, notify } from "./observe.ts";
import { type Passage, startPassage } from "./passage.ts";
import { claimAndRun, verifyAndRead } from "./process-delivery.ts";
import { refuseBody, refuseByHeaders } from "./refuse-request.ts";

/** Receives one sender's deliveries. */
export interface Receiver {
  /** For whatever speaks Fetch. Rejects for nothing that a sender sends. */
  handle(request: Request, context?: HandleContext): Promise<Response>;
  /** For adapters: the same over a request whose body has not been read. */
  receive(request: WebhookRequest): Promise<Answer>;
  /**
   * For shutdown: answers 503 from now on and resolves once all requests in flight, also those whose body is still on
   * its way, are answered, their callbacks have ended or lost their lease (after `maxRunMs` at the latest), and the
   * others' claims are completed or given back. It does not close the store, which other receivers may share.
   */
  close(): Promise<void>;
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
  const { provider } = options;
  const observer = options.onOutcome ?? logFailure;
  const inFlight = trackInFlight();
  let closing = false;
  warnInProduction(options.store);

  /** From bytes to outcome. Runs to its end whatever is answered meanwhile. */
  async function process(
    signed: SignedRequest,
    passage: Passage,
    answerEarly: (outcome: Outcome) => void,
  ): Promise<Outcome> {
    const end = inFlight.begin();
    function onLeaseLost(outcome: Outcome): void {
      // A callback that hangs must not hold up a shutdown for ever: without its lease it can do no more than stop.
      end();
      answerEarly(outcome);
    }
    try {
      const read = await verifyAndRead(provider, signed, passage);
      return read.ok ? await claimAndRun(read, passage, { options, limits }, onLeaseLost) : read.outcome;
    } catch (error) {
      return passage.outcome("internal-error", { error });
    } finally {
      end();
    }
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
    return firstAnswer(
      (answerEarly) => process(signed, passage, answerEarly),
      passage.leftMs(),
      () => passage.outcome("deadline-exceeded"),
      (settled) => {
        const observed = settled.then((outcome) => notify(observer, { ...outcome, late: true }));
        keepAlive(request, observed);
      },
    );
  }

  async function receive(request: WebhookRequest): Promise<Answer> {
    const passage = startPassage(provider.name, limits.deadlineMs, limits.leaseMs);
    // From before the body is read: what is accepted now still has its callback to run, whenever `close` is called.
    const end = inFlight.begin();
    const outcome = await decide(request, passage).catch((error: unknown) =>
      passage.outcome("internal-error", { error }),
    );
    end();
    notify(observer, outcome);
    // How latchhook is mounted is for whoever mounted it, not for an observer that counts outcomes.
    if (outcome.code === "body-consumed" && observer !== logFailure) logFailure(outcome);
    return toAnswer(outcome);
  }

  return {
    receive,
    async handle(request, context) {
      const { status, headers, body } = await receive(
        fromFetchRequest(request, (work) => context?.waitUntil?.(work)),
      );
      return new Response(request.method === "HEAD" ? null : body, { status, headers });
    },
    async close() {
      closing = true;
      await inFlight.ended();
    },
  };
}

/** A runtime that will not be kept alive (an answer is out already) cannot end the process. */
function keepAlive(request: WebhookRequest, work: Promise<unknown>): void {
  try {
    request.waitUntil?.(work);
  } catch {
    // The work goes on for as long as the runtime lets it.
  }
}

const warned = new WeakSet<object>();

function warnInProduction(store: Store<never>): void {
  if (store.productionWarning === undefined || warned.has(store)) return;
  if (environmentVariable("NODE_ENV") !== "production") return;
  warned.add(store);
  console.warn(`[latchhook] ${store.productionWarning}`);
}
