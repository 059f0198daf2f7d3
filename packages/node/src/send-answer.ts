import type { ServerResponse } from "node:http";
import type { Answer } from "@latchhook/core";
import { closingHeaders, discardBody, isStillArriving } from "./discard-body.ts";

/**
 * Writes an answer. Where the body was not read to its end, the connection is closed, after what the sender still
 * writes has been taken off it within bounds.
 */
export function sendAnswer(response: ServerResponse, { status, headers, body }: Answer): void {
  // Whoever answered before has had the last word.
  if (response.headersSent || response.destroyed) return;
  const length = { "content-length": Buffer.byteLength(body) };
  const request = response.req;
  if (!isStillArriving(request)) {
    response.writeHead(status, { ...headers, ...length }).end(body);
    return;
  }
  response.writeHead(status, { ...headers, ...length, ...closingHeaders(request) });
  response.write(body);
  void discardBody(request).then(() => response.end());
}
