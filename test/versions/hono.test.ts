import type { RequestListener } from "node:http";
import { createRequire } from "node:module";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { memoryStore } from "@latchhook/core/stores/memory";
import { webhook } from "@latchhook/hono";
import { adapterContract, type Earlier, listen, signAiStats, toRequest } from "@latchhook/testing";
import type { Context, Hono as NewestHono } from "hono";
import { describe, expect, it, vi } from "vitest";

type Server = { getRequestListener(fetch: NewestHono["fetch"]): RequestListener };

// The newest versions run the contract in the adapter's own tests.
const secret = "whsec_hono-0123456789";
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

describe("a body that c.req.json() has read in Hono before 4.9, which keeps only the value", () => {
  it.each(["hono-4.0", "hono-4.7", "hono-4.8"])("%s: is named, with what to do", async (honoName) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const { Hono } = require(honoName) as { Hono: typeof NewestHono };
    const app = new Hono();
    app.use("*", async (context, next) => {
      await context.req.json();
      await next();
    });
    const provider = aiStats({ secret });
    app.post("/webhooks", webhook({ provider, store: memoryStore(), persist() {}, onOutcome() {} }));
    const response = await app.request(toRequest(signAiStats({ secret }), "http://localhost/webhooks"));
    expect(response.status).toBe(500);
    expect(log.mock.calls.join()).toContain("c.req.arrayBuffer()");
  });
});
