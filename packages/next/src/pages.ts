import type { IncomingMessage, ServerResponse } from "node:http";
import {
  lazyReceiver,
  type OptionsSource,
  type ReceiverHandle,
  type StandardSchema,
  type WebhookEvent,
  withReceiver,
} from "@latchhook/core";
import { receiveNodeRequest } from "@latchhook/node";
import { platformWaitUntil } from "./platform-wait-until.ts";

/** What {@link webhook} returns: an API route. */
export interface WebhookHandler<Request extends IncomingMessage = IncomingMessage> extends ReceiverHandle {
  (request: Request, response: ServerResponse): Promise<void>;
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
 * @param source the options, or better a function that makes them: `next build` evaluates API routes, and has no
 * secrets. It is called once, at the first request; on Workers for each. Annotate its parameter, if it takes one:
 * `(request: NextApiRequest) => …`.
 * @throws LatchhookError when options given as an object cannot work.
 */
export function webhook<
  Event extends WebhookEvent,
  Transaction = never,
  Schema extends StandardSchema | undefined = undefined,
  Request extends IncomingMessage = IncomingMessage,
>(source: OptionsSource<Event, Transaction, Schema, Request>): WebhookHandler<Request> {
  const receiver = lazyReceiver(source);
  async function latchhook(request: Request, response: ServerResponse): Promise<void> {
    const waitUntil = platformWaitUntil();
    await receiveNodeRequest(request, response, mend, (received) =>
      receiver.receive({ ...received, waitUntil }, request),
    );
  }
  return withReceiver(latchhook, receiver);
}
