import type { WebhookEvent } from "../event.ts";
import { defaultLog } from "../observers/observers.ts";
import { type Answer, toAnswer } from "../outcome.ts";
import type { StandardSchema } from "../reading/schema.ts";
import { pathOf } from "../request/path-of.ts";
import type { WebhookRequest } from "../request/request.ts";
import type { Store } from "../store.ts";
import { dispose } from "./dispose.ts";
import type { MakeOptions } from "./options-source.ts";
import { createReceiver, type Receiver } from "./receiver.ts";

/** A receiver over options that a function made. */
export interface MadeReceiver {
  readonly receive: Receiver["receive"];
  readonly inbox: Receiver["inbox"];
  readonly describe: Receiver["describe"];
  readonly store: Store<never>;
  /** Waits for what is in flight, then disposes of what the options opened, once. Never rejects. */
  close(): Promise<void>;
}

/** Calls the function. Rejects with what it throws, and where its options cannot work. */
export async function makeReceiver<
  Event extends WebhookEvent,
  Transaction,
  Schema extends StandardSchema | undefined,
  Context,
>(makeOptions: MakeOptions<Event, Transaction, Schema, Context>, context: Context): Promise<MadeReceiver> {
  const options = await makeOptions(context);
  try {
    const receiver = createReceiver(options);
    let closing: Promise<void> | undefined;
    return {
      receive: receiver.receive,
      inbox: receiver.inbox,
      describe: receiver.describe,
      store: options.store as Store<never>,
      close() {
        closing ??= receiver.close().then(() => dispose(options));
        return closing;
      },
    };
  } catch (error) {
    // What they opened would stay open, and more of it with each request.
    if (typeof options === "object" && options !== null) await dispose(options);
    throw error;
  }
}

/** Answers a request whose receiver could not be made, and says why: its options' observer cannot be told. */
export function refuseMisconfigured(error: unknown, { url }: WebhookRequest): Answer {
  defaultLog({
    code: "misconfigured",
    status: 500,
    provider: "webhook",
    scope: "",
    source: "http",
    path: pathOf(url),
    durationMs: 0,
    error,
  });
  return toAnswer({ code: "misconfigured" });
}
