import type { IncomingMessage, ServerResponse } from "node:http";
import {
  lazyReceiver,
  type OptionsSource,
  type ReceiverHandle,
  type RouteParameters,
  type StandardSchema,
  type WebhookEvent,
  withReceiver,
} from "@latchhook/core";
import { receiveNodeRequest } from "@latchhook/node";

/** What {@link webhook} returns: a handler for `app.post`, `app.all`, `app.use` and routers. */
export interface WebhookHandler<Request extends IncomingMessage = IncomingMessage> extends ReceiverHandle {
  (request: Request, response: ServerResponse, next?: (error: unknown) => void): Promise<void>;
}

/** What Express adds to a request. Within a router `url` is only what is left of it. */
interface RoutedRequest extends IncomingMessage {
  readonly originalUrl?: string | undefined;
  readonly params?: RouteParameters | undefined;
}

const mend =
  "The body was parsed before the webhook route saw it. Mount the route before express.json() and other parsers, " +
  'or let it be read by express.raw({ type: "*/*" }), or keep the bytes: ' +
  "express.json({ verify: (request, response, bytes) => { request.rawBody = bytes; } }).";

/**
 * Receives webhooks in Express 4 and 5. Mount it before `express.json()`: signatures are over the bytes as they came.
 *
 * ```ts
 * app.post("/webhooks/ai-stats", webhook({ provider: aiStats(), store, persist }));
 * ```
 *
 * @param source the options, or a function that makes them, called once, at the first request. Annotate its parameter, if it
 * takes one: `(request: express.Request) => …`.
 * @throws LatchhookError when options given as an object cannot work.
 */
export function webhook<
  Event extends WebhookEvent,
  Transaction = never,
  Schema extends StandardSchema | undefined = undefined,
  Request extends IncomingMessage = IncomingMessage,
>(source: OptionsSource<Event, Transaction, Schema, Request>): WebhookHandler<Request> {
  const receiver = lazyReceiver(source);
  async function latchhook(
    request: Request,
    response: ServerResponse,
    next: (error: unknown) => void = rethrow,
  ): Promise<void> {
    const { originalUrl: url, params: parameters } = request as RoutedRequest;
    try {
      await receiveNodeRequest(request, response, mend, (received) =>
        receiver.receive({ ...received, url, parameters }, request),
      );
    } catch (error) {
      // Where other middleware breaks the response. Express 4 does not look at promises: this one would end the process.
      next(error);
    }
  }
  return withReceiver(latchhook, receiver);
}

function rethrow(error: unknown): never {
  throw error;
}
