import type { IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { ReceiverOptions } from "@latchhook/core";
import { type AiStatsEvent, aiStats } from "@latchhook/core/providers/ai-stats";
import { memoryStore } from "@latchhook/core/stores/memory";
import { webhook } from "@latchhook/express";
import { type AdapterServer, listen, type SignAiStatsOptions, signAiStats } from "@latchhook/testing";
import express5, { type Express, type RequestHandler } from "express";
import supertest from "supertest";
import { afterEach, describe, expect, it, vi } from "vitest";

const express4 = createRequire(import.meta.url)("express4") as typeof express5;
const secret = "whsec_express-0123456789";

let server: AdapterServer;
afterEach(async () => {
  await server?.close();
  vi.restoreAllMocks();
});

function optionsWith(changes: Partial<ReceiverOptions<AiStatsEvent>> = {}): ReceiverOptions<AiStatsEvent> {
  return { provider: aiStats({ secret }), store: memoryStore(), persist() {}, onOutcome() {}, ...changes };
}

async function send(app: Express, delivery: Partial<SignAiStatsOptions> = {}) {
  server = await listen(app);
  const response = await fetch(server.url, signAiStats({ secret, ...delivery }));
  return { status: response.status, body: await response.json() };
}

/** As a user would: the app itself goes to supertest. It writes a Buffer as JSON anew, so it is given the text. */
function post(app: Express, path: string) {
  const { headers, body } = signAiStats({ secret });
  return supertest(app).post(path).set(headers).send(Buffer.from(body).toString());
}

const readHalf: RequestHandler = (request, _response, next) => {
  request.once("data", () => {
    request.pause();
    next();
  });
};

describe.each([
  ["Express 5", express5],
  ["Express 4", express4],
])("webhook in %s", (_, express) => {
  const keepBytes = express.json({
    verify(request, _response, bytes) {
      Object.assign(request, { rawBody: bytes });
    },
  });
  const pause: RequestHandler = (request, _response, next) => {
    request.pause();
    next();
  };
  const decode: RequestHandler = (request, _response, next) => {
    request.setEncoding("utf8");
    next();
  };

  it("shows the secret function URL and parameters: a tenant in the path, within a router too", async () => {
    const seen: unknown[] = [];
    const provider = aiStats({
      secret: ({ method, url, parameters }) => {
        seen.push(method, url, parameters?.tenant);
        return secret;
      },
    });
    const router = express.Router({ mergeParams: true }).post("/in", webhook(optionsWith({ provider })));
    server = await listen(express().use("/webhooks/:tenant", router));
    const response = await fetch(new URL("/webhooks/acme/in?a=1", server.url), signAiStats({ secret }));
    expect([response.status, ...seen]).toEqual([200, "POST", "/webhooks/acme/in?a=1", "acme"]);
  });

  it.each<[string, RequestHandler, number]>([
    ["express.json() that keeps the bytes in rawBody", keepBytes, 200],
    ["express.raw() of any type", express.raw({ type: "*/*" }), 200],
    ["express.raw() of another type, which leaves the stream alone", express.raw(), 200],
    ["express.urlencoded(), which leaves the stream alone", express.urlencoded({ extended: false }), 200],
    ["a middleware that pauses the stream", pause, 200],
    ["express.json()", express.json(), 500],
    ["express.text()", express.text({ type: "*/*" }), 500],
    ["a middleware that sets an encoding", decode, 500],
    ["a middleware that reads half the stream", readHalf, 500],
  ])("after %s", async (_name, earlier, status) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const app = express().use(earlier).all("/webhooks", webhook(optionsWith()));
    const { status: answered } = await send(app, { data: { padding: "x".repeat(90_000) } });
    expect(answered).toBe(status);
    const mended = log.mock.calls.some(([line]) => String(line).includes("express.json()"));
    expect(mended).toBe(status === 500);
  });

  it.each<[string, string, (app: Express) => unknown, number]>([
    ["on the app", "/webhooks", (app) => app.post("/webhooks", webhook(optionsWith())), 200],
    ["for all methods", "/webhooks", (app) => app.all("/webhooks", webhook(optionsWith())), 200],
    [
      "by use, under a prefix",
      "/webhooks/deeper",
      (app) => app.use("/webhooks", webhook(optionsWith())),
      200,
    ],
    [
      "on a router",
      "/hooks/one",
      (app) => app.use("/hooks", express.Router().post("/one", webhook(optionsWith()))),
      200,
    ],
    [
      "in a sub-app",
      "/sub/webhooks",
      (app) => app.use("/sub", express().post("/webhooks", webhook(optionsWith()))),
      200,
    ],
    [
      "with a parameter in the path",
      "/of/tenant-1",
      (app) => app.post("/of/:tenant", webhook(optionsWith())),
      200,
    ],
    [
      "before a parser",
      "/webhooks",
      (app) => app.post("/webhooks", webhook(optionsWith())).use(express.json()),
      200,
    ],
    [
      "after a parser",
      "/webhooks",
      (app) => app.use(express.json()).post("/webhooks", webhook(optionsWith())),
      500,
    ],
    [
      "after a parser that keeps the bytes",
      "/webhooks",
      (app) => app.use(keepBytes).post("/webhooks", webhook(optionsWith())),
      200,
    ],
  ])("mounted %s", async (_name, path, mount, status) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const app = express();
    mount(app);
    const received = status === 200 ? { received: true } : { error: "failed" };
    await post(app, path).expect(status, received);
  });

  it("refuses through supertest as over the wire", async () => {
    const app = express().all("/webhooks", webhook(optionsWith()));
    await supertest(app).get("/webhooks").expect(405).expect("allow", "POST");
    await supertest(app).post("/webhooks").send("{}").expect(401, { error: "unauthentic" });
  });

  it("answers what fails in the options' function itself, and calls it again at the next request", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const makeOptions = vi.fn(optionsWith).mockRejectedValueOnce(new Error("vault is sealed"));
    const onError = vi.fn();
    const app = express().post(
      "/webhooks",
      webhook(() => makeOptions()),
    );
    app.use((error: unknown, _request: unknown, _response: unknown, next: (error: unknown) => void) => {
      onError();
      next(error);
    });
    expect(await send(app)).toEqual({ status: 500, body: { error: "failed" } });
    expect(log.mock.calls.join()).toContain("vault is sealed");
    const again = await fetch(server.url, signAiStats({ secret }));
    expect(again.status).toBe(200);
    expect(makeOptions).toHaveBeenCalledTimes(2);
    expect(onError).not.toHaveBeenCalled();
  });

  it("calls the options' function once, with the first request", async () => {
    const makeOptions = vi.fn((request: IncomingMessage) => {
      expect(request.url).toBe("/webhooks");
      return optionsWith();
    });
    await send(express().post("/webhooks", webhook(makeOptions)));
    await fetch(server.url, signAiStats({ secret }));
    expect(makeOptions).toHaveBeenCalledTimes(1);
  });

  it("does not answer again what something else has answered", async () => {
    const answer: RequestHandler = (_request, response, next) => {
      response.status(202).json({ answered: "before" });
      next();
    };
    const app = express().use(answer).all("/webhooks", webhook(optionsWith()));
    expect(await send(app)).toEqual({ status: 202, body: { answered: "before" } });
  });

  it("finishes what is in flight on close, and then answers 503", async () => {
    let finish = () => {};
    const started = new Promise<void>((resolveStarted) => {
      const persist = () => {
        resolveStarted();
        return new Promise<void>((resolve) => {
          finish = resolve;
        });
      };
      const handler = webhook(optionsWith({ persist }));
      const app = express().post("/webhooks", handler);
      app.post("/close", async (_request, response) => {
        await handler.close();
        response.end();
      });
      void listen(app).then((listening) => {
        server = listening;
        inFlight = fetch(server.url, signAiStats({ secret }));
      });
    });
    let inFlight: Promise<Response> | undefined;
    await started;
    const closed = fetch(new URL("/close", server.url), { method: "POST" });
    await vi.waitFor(async () => {
      const late = await fetch(server.url, signAiStats({ secret, jobId: "video_late" }));
      expect(late.status).toBe(503);
    });
    finish();
    expect((await inFlight)?.status).toBe(200);
    expect((await closed).status).toBe(200);
  });
});

describe("webhook", () => {
  it("stays closed, also when it was closed before its first request", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const handler = webhook(() => optionsWith());
    await handler.close();
    const answer = await send(express5().post("/webhooks", handler));
    expect(answer).toEqual({ status: 503, body: { error: "unavailable" } });
  });

  it("throws at once for options that cannot work", () => {
    expect(() => webhook(optionsWith({ leaseMs: 3_600_000 }))).toThrow(/leaseMs/);
  });

  it("shows its inbox, and how it is configured", () => {
    const hook = webhook({ ...optionsWith(), inbox: {} });
    expect(hook.inbox).toMatchObject({ list: expect.any(Function), replay: expect.any(Function) });
    expect(hook.describe()).toMatchObject({ provider: "ai-stats", inbox: { body: "failed" } });
    expect(webhook(optionsWith()).inbox).toBeUndefined();
  });

  it("has a name, so that traces show it", () => {
    expect(webhook(optionsWith()).name).toBe("latchhook");
  });
});
