import type { WebhookEvent } from "../event.ts";
import type { ReceiverOptions } from "../options.ts";
import { type Answer, toAnswer } from "../outcome.ts";
import type { StandardSchema } from "../reading/schema.ts";
import type { WebhookRequest } from "../request/request.ts";
import type { MaybePromise } from "../shared/maybe-promise.ts";
import { logFailure } from "./observe.ts";
import { createReceiver, type Receiver } from "./receiver.ts";

/**
 * A receiver's options, or a function that gives them, for options that are not there yet when the module is loaded:
 * bindings of a Worker, or secrets that a build must not need. It is called once, at the first request.
 */
export type OptionsSource<
  Event extends WebhookEvent,
  Transaction,
  Schema extends StandardSchema | undefined,
  Context,
> =
  | ReceiverOptions<Event, Transaction, Schema>
  | ((context: Context) => MaybePromise<ReceiverOptions<Event, Transaction, Schema>>);

/** What an adapter wraps. */
export interface LazyReceiver<Context> {
  receive(request: WebhookRequest, context: Context): Promise<Answer>;
  /** Closes all receivers that were made; see {@link Receiver.close}. */
  close(): Promise<void>;
}

/**
 * Makes the receiver now, where options are given, or at the first request, where a function is. A function that
 * fails is called again at the next request; until it succeeds the answer is 500.
 *
 * @param environmentOf the object that options are bound to: each gets a receiver of its own. Default: one for all.
 * @throws LatchhookError for given options that cannot work.
 */
export function lazyReceiver<
  Event extends WebhookEvent,
  Transaction = never,
  Schema extends StandardSchema | undefined = undefined,
  Context = unknown,
>(
  source: OptionsSource<Event, Transaction, Schema, Context>,
  environmentOf: (context: Context) => object | undefined = () => undefined,
): LazyReceiver<Context> {
  if (typeof source !== "function") {
    const receiver = createReceiver(source);
    return { receive: (request) => receiver.receive(request), close: () => receiver.close() };
  }
  const makeOptions = source;
  const everywhere = {};
  const made = new WeakMap<object, Promise<Receiver>>();
  const all = new Set<Receiver>();
  // A receiver that is only made after `close` would know nothing of it.
  let closed = false;

  async function make(context: Context): Promise<Receiver> {
    const receiver = createReceiver(await makeOptions(context));
    all.add(receiver);
    return receiver;
  }

  return {
    async receive(request, context) {
      if (closed) return toAnswer({ code: "shutting-down" });
      const environment = environmentOf(context) ?? everywhere;
      let receiver = made.get(environment);
      if (receiver === undefined) {
        receiver = make(context);
        made.set(environment, receiver);
      }
      try {
        const ready = await receiver;
        return closed ? toAnswer({ code: "shutting-down" }) : ready.receive(request);
      } catch (error) {
        made.delete(environment);
        logFailure({ code: "misconfigured", status: 500, provider: "webhook", durationMs: 0, error });
        return toAnswer({ code: "misconfigured" });
      }
    },
    async close() {
      closed = true;
      await Promise.all([...all].map((receiver) => receiver.close()));
    },
  };
}
