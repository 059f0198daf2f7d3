import type { NodeRequest } from "@latchhook/node";
import type { HonoContext } from "./hono-context.ts";

/**
 * The `node:http` request behind a request of `@hono/node-server`; undefined elsewhere.
 *
 * Before 1.13.8 that server makes its own Request over the stream when the connection is lost, if nobody has looked
 * before, and ends the process where the stream was read meanwhile. A look at the headers has it made in time; later
 * versions make nothing then, nor for the headers.
 */
export function incomingOf(context: HonoContext): NodeRequest | undefined {
  const environment: { incoming?: NodeRequest } | undefined = context.env;
  const incoming = environment?.incoming;
  if (typeof incoming?.readableLength !== "number") return undefined;
  try {
    void context.req.raw.headers;
  } catch {
    // The stream was read already, and it can make none; that the bytes are gone is said when the body is read.
  }
  return incoming;
}
