import type { IncomingMessage, ServerResponse } from "node:http";
import { lazyReceiver, type OptionsSource, type StandardSchema, type WebhookEvent } from "@latchhook/core";
import { receiveNodeRequest } from "@latchhook/node";

/** What {@link webhook} returns: an API route. */
export interface WebhookHandler {
  (request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Waits for the deliveries in flight; from now on everything is answered 503. */
  close(): Promise<void>;
}

const mend =
  "Next.js parsed the body before the webhook route saw it. Add to the route's file: " +
  "export const config = { api: { bodyParser: false } };";

/**
 * Receives webhooks in an API route of the Pages Router. The body parser must be off: signatures are over the bytes as
 * they came.
 *
 * ```ts
 * // pages/api/ai-stats.ts
 * export const config = { api: { bodyParser: false } };
 * export default webhook(() => ({ provider: aiStats(), store, persist }));
 * ```
 *
 * @param source the options, or better a function that makes them, called once, at the first request: `next build`
 * evaluates API routes, and has no secrets.
 * @throws LatchhookError when options given as an object cannot work.
 */
export function webhook<
  Event extends WebhookEvent,
  Transaction = never,
  Schema extends StandardSchema | undefined = undefined,
>(source: OptionsSource<Event, Transaction, Schema, IncomingMessage>): WebhookHandler {
  const receiver = lazyReceiver(source);
  async function latchhook(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await receiveNodeRequest(request, response, mend, (received) => receiver.receive(received, request));
  }
  return Object.assign(latchhook, { close: receiver.close });
}
