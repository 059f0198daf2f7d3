import type { WebhookEvent } from "../event.ts";
import { type Answer, toAnswer } from "../outcome.ts";
import type { StandardSchema } from "../reading/schema.ts";
import type { WebhookRequest } from "../request/request.ts";
import type { Store } from "../store.ts";
import { trackInFlight } from "./in-flight.ts";
import { type MadeReceiver, makeReceiver, refuseMisconfigured } from "./made-receiver.ts";
import type { LazyReceiver, MakeOptions } from "./options-source.ts";
import { keepAlive } from "./receiver.ts";

/**
 * Makes options and receiver for each request, and closes them behind its answer and whatever goes on after it: what
 * they opened is never touched by another request.
 */
export function receiverOfRequests<
  Event extends WebhookEvent,
  Transaction,
  Schema extends StandardSchema | undefined,
  Context,
>(makeOptions: MakeOptions<Event, Transaction, Schema, Context>): LazyReceiver<Context> {
  const inFlight = trackInFlight();
  const warnOfForgetting = forgettingWarner();
  let closed = false;

  async function receive(request: WebhookRequest, context: Context): Promise<Answer> {
    if (closed) return toAnswer({ code: "shutting-down" });
    let receiver: MadeReceiver;
    try {
      receiver = await makeReceiver(makeOptions, context);
    } catch (error) {
      return refuseMisconfigured(error, request);
    }
    warnOfForgetting(receiver.store);
    const end = inFlight.begin();
    const answer = closed ? toAnswer({ code: "shutting-down" }) : await receiver.receive(request);
    keepAlive(request, receiver.close().then(end));
    return answer;
  }

  return {
    receive,
    // What one request opened is no other's to use.
    inbox: undefined,
    describe: () => undefined,
    close() {
      closed = true;
      return inFlight.ended();
    },
  };
}

/** Says once that a store in memory, made for each request, recognises no duplicate. */
function forgettingWarner(): (store: Store<never>) => void {
  let first: Store<never> | undefined;
  let warned = false;
  return (store) => {
    if (store.productionWarning === undefined || warned) return;
    first ??= store;
    if (first === store) return;
    warned = true;
    console.warn(
      `[latchhook] The options function runs for each request here, and makes a new ${store.name} store each time, which recognises no duplicate. Make the store outside of the function.`,
    );
  };
}
