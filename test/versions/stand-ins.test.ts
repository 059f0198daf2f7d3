import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { runInNewContext } from "node:vm";
import { createReceiver, fromFetchRequest, type Outcome, type ReceiverOptions } from "@latchhook/core";
import { type AiStatsEvent, aiStats } from "@latchhook/core/providers/ai-stats";
import { memoryStore } from "@latchhook/core/stores/memory";
import { webhook } from "@latchhook/express";
import { webhook as nextWebhook } from "@latchhook/next";
import { webhook as apiWebhook } from "@latchhook/next/pages";
import { fromNodeRequest, receiveNodeRequest, sendAnswer } from "@latchhook/node";
import { listen, type SignedWebhook, signAiStats } from "@latchhook/testing";
import express from "express";
import { Request as FetchRequest } from "node-fetch";
import mocks from "node-mocks-http";
import serverless from "serverless-http";
import { describe, expect, it, vi } from "vitest";

const require = createRequire(import.meta.url);
const compression = require("compression") as (options: { threshold: number }) => express.RequestHandler;
const secret = "whsec_stand-ins-0123456789";
const mend = "Mend it.";

function trial() {
  const persisted: string[] = [];
  const outcomes: Outcome[] = [];
  const options: ReceiverOptions<AiStatsEvent> = {
    provider: aiStats({ secret }),
    store: memoryStore(),
    persist(event) {
      persisted.push(event.job?.id ?? "");
    },
    onOutcome: (outcome) => outcomes.push(outcome),
  };
  return { options, persisted, outcomes };
}

const signed = () => signAiStats({ secret, jobId: "job-1" });

type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The ways in which a plain `node:http` handler is written with latchhook. */
const handlers: Readonly<Record<string, (options: ReceiverOptions<AiStatsEvent>) => Listener>> = {
  "@latchhook/express": (options) => (request, response) => webhook(options)(request, response),
  "@latchhook/next/pages": (options) => apiWebhook(options),
  receiveNodeRequest: (options) => {
    const receiver = createReceiver(options);
    return (request, response) => receiveNodeRequest(request, response, mend, receiver.receive);
  },
  "fromNodeRequest and sendAnswer": (options) => {
    const receiver = createReceiver(options);
    return async (request, response) =>
      sendAnswer(response, await receiver.receive(fromNodeRequest(request, mend)));
  },
};

describe.each(Object.entries(handlers))("what stands in for a request of node:http, behind %s", (_, make) => {
  it("serverless-http: is answered", async () => {
    const { options, persisted } = trial();
    const { method, headers, body } = signed();
    const handle = serverless(make(options));
    const event = {
      version: "2.0",
      requestContext: { http: { method, path: "/webhooks" } },
      rawPath: "/webhooks",
      rawQueryString: "",
      headers,
      body: Buffer.from(body).toString("base64"),
      isBase64Encoded: true,
    };
    expect(await handle(event, {})).toMatchObject({ statusCode: 200, body: '{"received":true}' });
    expect(persisted).toEqual(["job-1"]);
  });

  it("light-my-request, of Fastify's inject: is answered", async () => {
    const { options, persisted } = trial();
    const inject = createRequire(require.resolve("fastify-5"))("light-my-request");
    const { method, headers, body } = signed();
    const request = { method, url: "/", headers, payload: Buffer.from(body) };
    const response = await inject(make(options), request);
    expect([response.statusCode, response.payload]).toEqual([200, '{"received":true}']);
    expect(persisted).toEqual(["job-1"]);
  });

  it.each([
    ["a Buffer", (body: Uint8Array): object => Buffer.from(body), 200],
    ["an object, whose bytes are gone", (body: Uint8Array) => JSON.parse(Buffer.from(body).toString()), 500],
  ])("node-mocks-http with a body of %s: is answered", async (_body, make_, status) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { options, persisted } = trial();
    const { method, headers, body } = signed();
    const request = mocks.createRequest({ method, headers, body: make_(body) });
    const response = mocks.createResponse({ eventEmitter: EventEmitter });
    await make(options)(request, response);
    expect([response.statusCode, response._isEndCalled()]).toEqual([status, true]);
    expect(persisted).toEqual(status === 200 ? ["job-1"] : []);
  });

  it.each([
    ["bytes", (body: Uint8Array) => [Buffer.from(body)], 200],
    [
      "bytes in pieces",
      (body: Uint8Array) => [Buffer.from(body.slice(0, 9)), Buffer.from(body.slice(9))],
      200,
    ],
    ["text, whose bytes are not known", (body: Uint8Array) => [Buffer.from(body).toString()], 500],
  ])("Readable.from with %s: is answered", async (_body, split, status) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { options, persisted } = trial();
    const { method, headers, body } = signed();
    const request = Object.assign(Readable.from(split(body)), { method, headers, url: "/" });
    const response = mocks.createResponse();
    await make(options)(request as unknown as IncomingMessage, response);
    expect([response.statusCode, response._isEndCalled()]).toEqual([status, true]);
    expect(persisted).toEqual(status === 200 ? ["job-1"] : []);
  });
});

describe("a response that cannot be written", () => {
  it.each(Object.keys(handlers).slice(0, 3))("is refused by %s before anything is claimed", async (name) => {
    const { options, outcomes } = trial();
    const request = Object.assign(Readable.from([signed().body]), { ...signed(), url: "/" });
    const handle = handlers[name]?.(options);
    await expect(handle?.(request as never, { status: 200 } as never)).rejects.toThrow(
      /could write its answer/,
    );
    expect(outcomes).toEqual([]);
  });
});

describe("middleware that changes the response", () => {
  it("compression leaves the answer whole", async () => {
    const { options } = trial();
    const server = await listen(
      express()
        .use(compression({ threshold: 0 }))
        .all("/webhooks", webhook(options)),
    );
    const response = await fetch(server.url, signed());
    expect([response.status, await response.text()]).toEqual([200, '{"received":true}']);
    await server.close();
  });

  it("a writeHead that throws goes to Express's error handler, and ends nothing", async () => {
    const { options, persisted } = trial();
    const app = express().use((_request, response, next) => {
      const { writeHead } = response;
      response.writeHead = () => {
        response.writeHead = writeHead;
        throw new Error("on-headers");
      };
      next();
    });
    app.all("/webhooks", webhook(options));
    app.use((_error: unknown, _request: unknown, response: express.Response, _next: unknown) => {
      response.status(503).end();
    });
    const server = await listen(app);
    expect((await fetch(server.url, signed())).status).toBe(503);
    expect(persisted).toEqual(["job-1"]);
    await server.close();
  });

  it("an answer given before, such as that of a timeout, stays the last word", async () => {
    const { options } = trial();
    const app = express().use((_request, response, next) => {
      next();
      response.status(504).end();
    });
    const server = await listen(app.all("/webhooks", webhook(options)));
    expect((await fetch(server.url, signed())).status).toBe(504);
    await server.close();
  });
});

describe("a Fetch request that is not the platform's", () => {
  const url = "http://localhost/webhooks";
  const asText = (body: Uint8Array) => Buffer.from(body).toString();

  it.each([
    ["of node-fetch, with bytes", (body: Uint8Array): BodyInit => Buffer.from(body), 200],
    ["of node-fetch, with text", (body: Uint8Array): BodyInit => asText(body), 200],
    ["of node-fetch, with a stream", (body: Uint8Array): BodyInit => Readable.from([body]) as never, 200],
    [
      "of node-fetch, with a stream of text",
      (body: Uint8Array): BodyInit => Readable.from([asText(body)]) as never,
      500,
    ],
  ])("%s", async (_kind, bodyOf, status) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { options, outcomes } = trial();
    const { method, headers, body } = signed();
    const request = new FetchRequest(url, { method, headers, body: bodyOf(body) as never });
    const response = await nextWebhook(options)(request as unknown as Request);
    expect([response.status, outcomes[0]?.code]).toEqual([
      status,
      status === 200 ? "processed" : "body-consumed",
    ]);
  });

  it("whose chunks are bytes of another realm", async () => {
    const { options } = trial();
    const { method, headers, body } = signed();
    const foreign: Uint8Array = runInNewContext("Uint8Array.from(bytes)", { bytes: [...body] });
    expect(foreign instanceof Uint8Array).toBe(false);
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(foreign);
        controller.close();
      },
    });
    const request = { method, headers: new Headers(headers), bodyUsed: false, body: stream };
    expect((await nextWebhook(options)(request as Request)).status).toBe(200);
    const read = await fromFetchRequest({ ...request, body: null } as Request).readBody({
      maxBytes: 1,
      timeoutMs: 1,
    });
    expect(read).toEqual({ ok: true, bytes: new Uint8Array() });
  });

  it("whose headers `persist` sees", async () => {
    let seen: string | null | undefined;
    const { options } = trial();
    const { method, headers, body } = signed();
    const request = new FetchRequest(url, {
      method,
      headers: { ...headers, "x-mine": "yes" },
      body: Buffer.from(body),
    });
    const persist: typeof options.persist = (_event, delivery) => {
      seen = delivery.headers.get("x-mine");
    };
    await nextWebhook({ ...options, persist })(request as unknown as Request);
    expect(seen).toBe("yes");
  });
});

describe("NestJS", () => {
  /** Decorators are functions: called so, they need no compiler option. */
  async function serveNest(options: ReceiverOptions<AiStatsEvent>, rawBody: boolean) {
    require("reflect-metadata");
    const { All, Controller, Module, Req, Res } = require("@nestjs/common");
    const { NestFactory } = require("@nestjs/core");
    const handle = webhook(options);
    class WebhookController {
      receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
        return handle(request, response);
      }
    }
    Controller("webhooks")(WebhookController);
    Req()(WebhookController.prototype, "receive", 0);
    Res()(WebhookController.prototype, "receive", 1);
    const method = Object.getOwnPropertyDescriptor(WebhookController.prototype, "receive");
    All()(WebhookController.prototype, "receive", method);
    class AppModule {}
    Module({ controllers: [WebhookController] })(AppModule);
    const app = await NestFactory.create(AppModule, { rawBody, logger: false });
    await app.listen(0, "127.0.0.1");
    return { url: `${await app.getUrl()}/webhooks`, close: () => app.close() as Promise<void> };
  }

  it.each([
    [true, 200],
    [false, 500],
  ])("a controller with rawBody: %s", async (rawBody, status) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { options, outcomes } = trial();
    const server = await serveNest(options, rawBody);
    const { method, headers, body }: SignedWebhook = signed();
    const sent = { method, headers: { ...headers, "content-type": "application/json" }, body };
    expect((await fetch(server.url, sent)).status).toBe(status);
    expect(outcomes[0]?.code).toBe(status === 200 ? "processed" : "body-consumed");
    await server.close();
  });
});
