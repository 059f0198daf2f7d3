import {
  fromFetchRequest,
  lazyReceiver,
  type OptionsSource,
  type StandardSchema,
  type WebhookEvent,
} from "@latchhook/core";
import { toResponse } from "./to-response.ts";

/** What {@link webhook} returns: a route handler. */
export interface WebhookHandler {
  (request: Request): Promise<Response>;
  /** Waits for the deliveries in flight; from now on everything is answered 503. */
  close(): Promise<void>;
}

/**
 * Receives webhooks in a route handler of the App Router.
 *
 * ```ts
 * // app/webhooks/ai-stats/route.ts
 * export const POST = webhook(() => ({ provider: aiStats(), store, persist }));
 * ```
 *
 * @param source the options, or better a function that makes them, called once, at the first request: `next build`
 * evaluates route modules, and has no secrets.
 * @throws LatchhookError when options given as an object cannot work.
 */
export function webhook<
  Event extends WebhookEvent,
  Transaction = never,
  Schema extends StandardSchema | undefined = undefined,
>(source: OptionsSource<Event, Transaction, Schema, Request>): WebhookHandler {
  const receiver = lazyReceiver(source);
  async function latchhook(request: Request): Promise<Response> {
    const received = fromFetchRequest(request, waitUntilOfPlatform);
    const answer = await receiver.receive(received, request);
    return toResponse(answer, received.discardBody());
  }
  return Object.assign(latchhook, { close: receiver.close });
}

/**
 * What serverless platforms hand to Next.js, and what its `after()` uses itself. Where it is missing, as under
 * `next start` and outside Next.js, the process goes on anyway.
 * https://nextjs.org/docs/app/api-reference/functions/after
 */
function waitUntilOfPlatform(work: Promise<unknown>): void {
  const platform = globalThis as {
    [requestContext]?: { get?(): { waitUntil?: typeof waitUntilOfPlatform } };
  };
  platform[requestContext]?.get?.()?.waitUntil?.(work);
}

const requestContext: unique symbol = Symbol.for("@next/request-context") as never;
