import {
  fromFetchRequest,
  lazyReceiver,
  type MaybePromise,
  type OptionsSource,
  type ReceiverHandle,
  type RouteParameters,
  type StandardSchema,
  type WebhookEvent,
  withReceiver,
} from "@latchhook/core";
import { platformWaitUntil } from "./platform-wait-until.ts";
import { toResponse } from "./to-response.ts";

/** What Next.js passes a route handler beside the request. Up to Next.js 14 `params` is no promise. */
export interface RouteContext {
  readonly params?: MaybePromise<RouteParameters | undefined>;
}

/** What {@link webhook} returns: a route handler. */
export interface WebhookHandler extends ReceiverHandle {
  (request: Request, context?: RouteContext): Promise<Response>;
}

/**
 * Receives webhooks in a route handler of the App Router.
 *
 * ```ts
 * // app/webhooks/ai-stats/route.ts
 * export const POST = webhook(() => ({ provider: aiStats(), store, persist }));
 * ```
 *
 * @param source the options, or better a function that makes them: `next build` evaluates route modules, and has no
 * secrets. It is called once, at the first request; on Workers for each. Annotate its parameter, if it takes one:
 * `(request: Request) => …`.
 * @throws LatchhookError when options given as an object cannot work.
 */
export function webhook<
  Event extends WebhookEvent,
  Transaction = never,
  Schema extends StandardSchema | undefined = undefined,
>(source: OptionsSource<Event, Transaction, Schema, Request>): WebhookHandler {
  const receiver = lazyReceiver(source);
  async function latchhook(request: Request, context?: RouteContext): Promise<Response> {
    const received = fromFetchRequest(request, platformWaitUntil());
    const parameters = await context?.params;
    const answer = await receiver.receive({ ...received, parameters }, request);
    return toResponse(answer, received.discardBody());
  }
  return withReceiver(latchhook, receiver);
}
