import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { createReceiver, type Outcome } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { memoryStore } from "@latchhook/core/stores/memory";
import { receiveNodeRequest } from "@latchhook/node";
import { type AdapterServer, adapterContract, signAiStats } from "@latchhook/testing";
import { describe, expect, it, vi } from "vitest";

const require = createRequire(import.meta.url);
const secret = "whsec_fastify-0123456789";

/** The part of Fastify that the recipe needs. */
interface Fastify {
  removeAllContentTypeParsers(): void;
  addContentTypeParser(
    type: string,
    parser: (request: object, payload: IncomingMessage, done: (error: null) => void) => void,
  ): void;
  addHook(name: "preHandler", hook: (request: { raw: IncomingMessage }) => Promise<void>): void;
  all(path: string, handler: (request: { raw: IncomingMessage }, reply: Reply) => Promise<void>): void;
  listen(where: { port: number; host: string }): Promise<string>;
  close(): Promise<void>;
  readonly server: { closeAllConnections(): void };
  register(plugin: unknown, options: object): Promise<void>;
}

interface Reply {
  hijack(): void;
  readonly raw: ServerResponse;
}

const mend =
  "Take the body before Fastify's parsers: removeAllContentTypeParsers() around the webhook route.";

const ownRefusal = "Fastify 5 answers 415 itself to a content type that is none";

describe.each(["fastify-4.0", "fastify-5"])(
  "a route of %s over request.raw keeps the adapter contract",
  (name) => {
    const fastify = require(name) as () => Fastify;
    const cases = adapterContract({
      async serve(options, earlier): Promise<AdapterServer> {
        const receiver = createReceiver(options);
        const app = fastify();
        app.removeAllContentTypeParsers();
        app.addContentTypeParser("*", (_request, _payload, done) => done(null));
        app.addHook("preHandler", async ({ raw }) => {
          if (earlier === "listened" || earlier === "taken") raw.on("data", () => {});
          if (earlier === "taken") await new Promise((resolve) => setTimeout(resolve, 20));
          if (earlier !== "parsed" && earlier !== "kept") return;
          const bytes = Buffer.concat(await raw.toArray());
          if (earlier === "kept") Object.assign(raw, { rawBody: bytes });
        });
        app.all("/webhooks", async (request, reply) => {
          reply.hijack();
          await receiveNodeRequest(request.raw, reply.raw, mend, receiver.receive);
        });
        const address = await app.listen({ port: 0, host: "127.0.0.1" });
        return {
          url: `${address}/webhooks`,
          async close() {
            const closed = app.close();
            app.server.closeAllConnections();
            await closed;
          },
        };
      },
      skip: name === "fastify-5" ? [{ case: "any content type will do, or none", reason: ownRefusal }] : [],
    });
    for (const { name: caseName, run } of cases) it(caseName, run);
  },
);

describe("fastify-raw-body, which reads the request of every route", () => {
  it.each([
    ["with parsers that read nothing", true],
    ["with Fastify's own parsers", false],
  ])("%s, leaves a delivery that is read or named, never refused", async (_, isBare) => {
    const outcomes: Outcome[] = [];
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const receiver = createReceiver({
      provider: aiStats({ secret }),
      store: memoryStore(),
      persist() {},
      onOutcome: (outcome) => outcomes.push(outcome),
    });
    const app = (require("fastify-5") as () => Fastify)();
    await app.register(require("fastify-raw-body"), { global: true, encoding: false, runFirst: true });
    if (isBare) {
      app.removeAllContentTypeParsers();
      app.addContentTypeParser("*", (_request, _payload, done) => done(null));
    }
    app.all("/webhooks", async (request, reply) => {
      reply.hijack();
      await receiveNodeRequest(request.raw, reply.raw, mend, receiver.receive);
    });
    const address = await app.listen({ port: 0, host: "127.0.0.1" });
    const response = await fetch(`${address}/webhooks`, signAiStats({ secret }));
    const code = outcomes[0]?.code ?? "";
    expect([response.status, code]).toEqual(
      code === "processed" ? [200, "processed"] : [500, "body-consumed"],
    );
    expect(log.mock.calls.join().includes(mend)).toBe(code === "body-consumed");
    await app.close();
  });
});
