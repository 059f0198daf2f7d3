import type { NodeRequest } from "@latchhook/node";
import type { Context } from "hono";

/** The `node:http` request behind a request of `@hono/node-server`; undefined elsewhere. */
export function incomingOf(context: Context): NodeRequest | undefined {
  const environment: { incoming?: NodeRequest } | undefined = context.env;
  const incoming = environment?.incoming;
  return typeof incoming?.readableLength === "number" ? incoming : undefined;
}
