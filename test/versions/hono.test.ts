import type { RequestListener } from "node:http";
import { createRequire } from "node:module";
import { webhook } from "@latchhook/hono";
import { adapterContract, type Earlier, listen } from "@latchhook/testing";
import type { Context, Hono as NewestHono } from "hono";
import { describe, it } from "vitest";

type Server = { getRequestListener(fetch: NewestHono["fetch"]): RequestListener };

// The newest versions run the contract in the adapter's own tests.
const require = createRequire(import.meta.url);

/**
 * The oldest of both, and the servers around the versions in which they came to make their Request otherwise: before
 * 1.13.8 a hang-up ended the process, 1.16 wraps the stream once more.
 */
const pairs = [
  ["hono-4.0", "node-server-1.8"],
  ["hono-4.7", "node-server-1.13"],
  ["hono-4.8", "node-server-1.16"],
  ["hono-4.0", "node-server-1.19"],
] as const;

const readers: Readonly<Record<Earlier, (context: Context) => Promise<unknown>>> = {
  nothing: async () => undefined,
  parsed: (context) => context.req.raw.json(),
  kept: (context) => context.req.arrayBuffer(),
  listened: async () => undefined,
  taken: async () => undefined,
};

const ownEnd = "such a stream ends the process in this server itself, whatever the app does";

describe.each(pairs)("%s on %s keeps the adapter contract", (honoName, serverName) => {
  const { Hono } = require(honoName) as { Hono: typeof NewestHono };
  const { getRequestListener } = require(serverName) as Server;
  const cases = adapterContract({
    serve(options, earlier) {
      const app = new Hono();
      app.use("*", async (context, next) => {
        await readers[earlier](context);
        await next();
      });
      app.all("/webhooks", webhook(options));
      return listen(getRequestListener(app.fetch), earlier);
    },
    skip:
      serverName === "node-server-1.8"
        ? [
            {
              case: "a body of which somebody else has had bytes is read whole, or named as consumed",
              reason: ownEnd,
            },
          ]
        : [],
  });
  for (const { name, run } of cases) it(name, run);
});
