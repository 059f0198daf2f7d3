import { type BodyLimits, type BodyResult, fromFetchRequest, type WebhookRequest } from "@latchhook/core";
import { fromNodeRequest, hasListeners, type NodeRequest, nextTurn } from "@latchhook/node";
import { readCachedBody } from "./cached-body.ts";
import type { HonoContext, HonoRequest } from "./hono-context.ts";

const mend =
  "The body was read before the webhook route saw it, in a way that does not keep its bytes. Mount the route before " +
  "the middleware that reads it, or let that read it by c.req.arrayBuffer() first.";

/** Reads a Hono request for the receiver. Call it as soon as the request is there: see {@link fromNodeRequest}. */
export function fromHonoContext(context: HonoContext, incoming: NodeRequest | undefined): WebhookRequest {
  const request = context.req;
  const direct = incoming && isUnread(request, incoming) ? fromNodeRequest(incoming, mend) : undefined;
  return {
    method: request.method,
    url: request.url,
    parameters: request.param(),
    headers: incoming === undefined ? request.raw.headers : incoming.headers,
    async readBody(limits) {
      if (direct === undefined || incoming === undefined) return readHonoBody(request, incoming, limits);
      // A web stream that `@hono/node-server` has made (for Hono's own bodyLimit, say) begins to read in a microtask.
      if (!hasListeners(incoming)) await nextTurn();
      // The stream itself costs half of what reading it through a web stream does.
      return isUnread(request, incoming) ? direct.readBody(limits) : readHonoBody(request, incoming, limits);
    },
    // Node goes on anyway.
    waitUntil: incoming === undefined ? (work) => waitUntil(context, work) : undefined,
  };
}

function waitUntil(context: HonoContext, work: Promise<unknown>): void {
  try {
    context.executionCtx.waitUntil(work);
  } catch {
    // Hono throws where there is no execution context: Bun and Deno go on anyway.
  }
}

/** Whether every byte is still in the Node stream. Others may listen to it; they get the bytes as well. */
function isUnread(request: HonoRequest, incoming: NodeRequest): boolean {
  for (const _ in request.bodyCache) return false;
  return !incoming.readableDidRead && !incoming.readableEnded;
}

async function readHonoBody(
  request: HonoRequest,
  incoming: NodeRequest | undefined,
  limits: BodyLimits,
): Promise<BodyResult> {
  for (const _ in request.bodyCache) return readCachedBody(request, limits, mend);
  if (incoming === undefined) return readFetchBody(request.raw, limits);
  // Read past Hono: a web stream that is only made now would lack what is gone.
  if (isUnmade(request.raw)) return fromNodeRequest(incoming, mend).readBody(limits);
  return readFetchBody(request.raw, limits);
}

const consumed: BodyResult = { ok: false, reason: "consumed", mend };

async function readFetchBody(request: Request, limits: BodyLimits): Promise<BodyResult> {
  const body = await fromFetchRequest(request).readBody(limits);
  return !body.ok && body.reason === "consumed" ? consumed : body;
}

/** Whether `@hono/node-server` has not yet made the Request, and its web stream, that its own object stands for. */
function isUnmade(request: Request): boolean {
  const own = Object.getOwnPropertySymbols(request).map(({ description }) => description);
  return own.includes("incomingKey") && !own.includes("requestCache");
}
