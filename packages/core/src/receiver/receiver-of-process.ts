import type { WebhookEvent } from "../event.ts";
import { toAnswer } from "../outcome.ts";
import type { StandardSchema } from "../reading/schema.ts";
import { type MadeReceiver, makeReceiver, refuseMisconfigured } from "./made-receiver.ts";
import type { LazyReceiver, MakeOptions } from "./options-source.ts";

/** Makes options and receiver at the first request, and keeps them until `close`. */
export function receiverOfProcess<
  Event extends WebhookEvent,
  Transaction,
  Schema extends StandardSchema | undefined,
  Context,
>(makeOptions: MakeOptions<Event, Transaction, Schema, Context>): LazyReceiver<Context> {
  let made: Promise<MadeReceiver> | undefined;
  let ready: MadeReceiver | undefined;
  let closed = false;

  return {
    async receive(request, context) {
      if (closed) return toAnswer({ code: "shutting-down" });
      made ??= makeReceiver(makeOptions, context);
      const making = made;
      try {
        ready = await making;
      } catch (error) {
        if (made === making) made = undefined;
        return refuseMisconfigured(error, request);
      }
      if (!closed) return ready.receive(request);
      // It was not there yet for `close`, which does not wait for it: a client that cannot connect may try for ever.
      void ready.close();
      return toAnswer({ code: "shutting-down" });
    },
    get inbox() {
      return ready?.inbox;
    },
    describe: () => ready?.describe(),
    async close() {
      closed = true;
      await ready?.close();
    },
  };
}
