import { type Answer, heldOpen } from "@latchhook/core";
import { closingHeaders, discardBody, hasArrived, type NodeRequest } from "@latchhook/node";
import type { HonoContext } from "./hono-context.ts";

/**
 * The answer as Hono's response. Where the sender is still writing (possible only on Node, for elsewhere the runtime
 * sees to it), the response ends when that has been taken off the connection, within bounds; it is complete before.
 */
export async function toHonoResponse(
  context: HonoContext,
  incoming: NodeRequest | undefined,
  { status, headers, body }: Answer,
): Promise<Response> {
  // Hono has a type for each status; which one it is does not matter here.
  const code = status as 200;
  if (incoming === undefined || (await hasArrived(incoming))) {
    // A status that has no body, such as 204, may not have an empty one either.
    return body === "" ? context.body(null, code, { ...headers }) : context.body(body, code, { ...headers });
  }
  const bytes = new TextEncoder().encode(body);
  return context.body(heldOpen(bytes, discardBody(incoming)), code, {
    ...headers,
    ...closingHeaders(incoming),
    "content-length": String(bytes.byteLength),
  });
}
