import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "@latchhook/core";
import { closingHeaders, discardBody, hasArrived } from "./discard-body.ts";

/**
 * Writes an answer. Where the body was not read to its end, the connection is closed, after what the sender still
 * writes has been taken off it within bounds.
 *
 * @param request the one that was received. Default: `response.req`, which only `node:http` itself sets to that.
 */
export async function sendAnswer(
  response: ServerResponse,
  { status, headers, body }: Answer,
  request: IncomingMessage = response.req,
): Promise<void> {
  const arrived = await hasArrived(request);
  // Whoever answered before has had the last word.
  if (response.headersSent || response.destroyed) return;
  const length = { "content-length": Buffer.byteLength(body) };
  if (arrived) {
    // Not chained: serverless-http and others that patch it return nothing.
    response.writeHead(status, { ...headers, ...length });
    response.end(body);
    return;
  }
  response.writeHead(status, { ...headers, ...length, ...closingHeaders(request) });
  response.write(body);
  await discardBody(request);
  response.end();
}
