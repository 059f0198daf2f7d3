import { type BodyLimits, type BodyResult, fromFetchRequest, type WebhookRequest } from "@latchhook/core";
import { fromNodeRequest, type NodeRequest, nextTurn } from "@latchhook/node";
import type { Context } from "hono";
import { readCachedBody } from "./cached-body.ts";

const mend =
  "The body was read before the webhook route saw it, in a way that does not keep its bytes. Mount the route before " +
  "the middleware that reads it, or let that read it by c.req.arrayBuffer() first.";

/** Reads a Hono request for the receiver. */
export function fromHonoContext(context: Context, incoming: NodeRequest | undefined): WebhookRequest {
  return {
    method: context.req.method,
    url: context.req.url,
    parameters: context.req.param(),
    headers: incoming === undefined ? context.req.raw.headers : incoming.headers,
    readBody: (limits) => readHonoBody(context.req, incoming, limits),
    waitUntil(work) {
      try {
        context.executionCtx.waitUntil(work);
      } catch {
        // Hono throws where there is no execution context: Node, Bun and Deno go on anyway.
      }
    },
  };
}

async function readHonoBody(
  request: Context["req"],
  incoming: NodeRequest | undefined,
  limits: BodyLimits,
): Promise<BodyResult> {
  for (const _ in request.bodyCache) return readCachedBody(request, limits, mend);
  // The stream itself costs half of what reading it through a web stream does.
  if (incoming !== undefined && (await isUntouched(incoming))) {
    return fromNodeRequest(incoming, mend).readBody(limits);
  }
  if (request.raw.bodyUsed) return { ok: false, reason: "consumed", mend };
  return fromFetchRequest(request.raw).readBody(limits);
}

/**
 * Whether nobody reads the Node stream. The web stream that `@hono/node-server` makes at the first look at
 * `c.req.raw.body` (Hono's own bodyLimit looks) starts to read in a microtask, hence the wait.
 */
async function isUntouched(incoming: NodeRequest): Promise<boolean> {
  await nextTurn();
  return (
    incoming.readableFlowing === null && !incoming.readableDidRead && incoming.listenerCount("readable") === 0
  );
}
