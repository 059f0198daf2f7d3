import type { WebhookEvent } from "../event.ts";
import type { StandardSchema } from "../reading/schema.ts";
import { isWorkerd } from "../shared/runtime.ts";
import type { LazyReceiver, OptionsSource } from "./options-source.ts";
import { createReceiver } from "./receiver.ts";
import { receiverOfProcess } from "./receiver-of-process.ts";
import { receiverOfRequests } from "./receiver-of-requests.ts";

/**
 * Makes the receiver now, where options are given, or when it is needed, where a function is. A function that fails is
 * called again at the next request; until it succeeds the answer is 500.
 *
 * @param life how long made options serve. Default: one request on Workers, the process everywhere else.
 * @throws LatchhookError for given options that cannot work.
 */
export function lazyReceiver<
  Event extends WebhookEvent,
  Transaction = never,
  Schema extends StandardSchema | undefined = undefined,
  Context = unknown,
>(
  source: OptionsSource<Event, Transaction, Schema, Context>,
  life: "request" | "process" = isWorkerd() ? "request" : "process",
): LazyReceiver<Context> {
  if (typeof source !== "function") {
    const receiver = createReceiver(source);
    const { inbox, close, describe } = receiver;
    return { receive: (request) => receiver.receive(request), close, inbox, describe };
  }
  return life === "request" ? receiverOfRequests(source) : receiverOfProcess(source);
}
