import {
  lazyReceiver,
  type OptionsSource,
  type ReceiverHandle,
  type StandardSchema,
  type WebhookEvent,
  withReceiver,
} from "@latchhook/core";
import type { HonoContext } from "./hono-context.ts";
import { fromHonoContext } from "./hono-request.ts";
import { toHonoResponse } from "./hono-response.ts";
import { incomingOf } from "./incoming.ts";

export type { HonoContext, HonoRequest } from "./hono-context.ts";

/** What {@link webhook} returns: a handler for `app.post`, `app.all` and the like. */
export interface WebhookHandler<RequestContext extends HonoContext = HonoContext> extends ReceiverHandle {
  (context: RequestContext): Promise<Response>;
}

/**
 * Receives webhooks in Hono, on Node, Bun, Deno and Workers.
 *
 * ```ts
 * app.post("/webhooks/ai-stats", webhook((c: Context<{ Bindings: Bindings }>) => ({
 *   provider: aiStats({ secret: c.env.SECRET }), store, persist,
 * })));
 * ```
 *
 * @param source the options, or a function that makes them, called once, at the first request; on Workers for each, and
 * may then return a `dispose` that ends the request's database client. Annotate its parameter as above, or TypeScript
 * knows neither `c.env` nor the event.
 * @throws LatchhookError when options given as an object cannot work.
 */
export function webhook<
  Event extends WebhookEvent,
  Transaction = never,
  Schema extends StandardSchema | undefined = undefined,
  RequestContext extends HonoContext = HonoContext,
>(source: OptionsSource<Event, Transaction, Schema, RequestContext>): WebhookHandler<RequestContext> {
  const receiver = lazyReceiver(source);
  async function latchhook(context: RequestContext): Promise<Response> {
    const incoming = incomingOf(context);
    const answer = await receiver.receive(fromHonoContext(context, incoming), context);
    return toHonoResponse(context, incoming, answer);
  }
  return withReceiver(latchhook, receiver);
}
