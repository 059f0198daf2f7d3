import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { createReceiver } from "@latchhook/core";
import { receiveNodeRequest } from "@latchhook/node";
import { type AdapterServer, adapterContract } from "@latchhook/testing";
import { describe, it } from "vitest";

const require = createRequire(import.meta.url);

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
