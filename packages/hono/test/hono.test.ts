import { getRequestListener } from "@hono/node-server";
import type { ReceiverOptions } from "@latchhook/core";
import { type AiStatsEvent, aiStats } from "@latchhook/core/providers/ai-stats";
import { memoryStore } from "@latchhook/core/stores/memory";
import { webhook } from "@latchhook/hono";
import { type AdapterServer, listen, type SignedWebhook, signAiStats, toRequest } from "@latchhook/testing";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { afterEach, describe, expect, it, vi } from "vitest";

const secret = "whsec_hono-0123456789";
const local = "http://localhost/webhooks";

let server: AdapterServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function optionsWith(changes: Partial<ReceiverOptions<AiStatsEvent>> = {}): ReceiverOptions<AiStatsEvent> {
  return { provider: aiStats({ secret }), store: memoryStore(), persist() {}, onOutcome() {}, ...changes };
}

function appAfter(read: (context: Context) => unknown): Hono {
  const app = new Hono();
  app.use(async function readEarlier(context, next) {
    await read(context);
    await next();
  });
  return app.post("/webhooks", webhook(optionsWith()));
}

/** Sends to the app over a socket, or hands it a Fetch request as other runtimes do. */
const ways = {
  async "on Node"(app: Hono, { method, headers, body }: SignedWebhook, isChunked = false): Promise<Response> {
    server ??= await listen(getRequestListener(app.fetch));
    const stream = new Blob([body]).stream();
    const init = isChunked
      ? { method, headers, body: stream, duplex: "half" as const }
      : { method, headers, body };
    return fetch(server.url, init);
  },
  async "on Fetch runtimes"(app: Hono, signed: SignedWebhook, isChunked = false): Promise<Response> {
    const request = toRequest(signed, local);
    if (!isChunked) request.headers.set("content-length", String(signed.body.byteLength));
    return app.request(request);
  },
};

describe.each(Object.entries(ways))("a body that was read before, %s,", (_name, send) => {
  it.each<[string, (context: Context) => unknown, number]>([
    ["by c.req.arrayBuffer()", (context) => context.req.arrayBuffer(), 200],
    ["by c.req.bytes()", (context) => context.req.bytes(), 200],
    ["by c.req.blob()", (context) => context.req.blob(), 200],
    ["by c.req.text()", (context) => context.req.text(), 200],
    ["by c.req.json()", (context) => context.req.json(), 200],
    ["as text and then as bytes", (c) => c.req.text().then(() => c.req.arrayBuffer()), 200],
    ["from a clone", (context) => context.req.raw.clone().text(), 200],
    ["by bodyLimit", (context) => bodyLimit({ maxSize: 1_000_000 })(context, async () => {}), 200],
    ["past Hono", (context) => context.req.raw.text(), 500],
  ])("%s", async (_reader, read, status) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const response = await send(appAfter(read), signAiStats({ secret, data: { model: "größe-✓" } }));
    expect(response.status).toBe(status);
    expect(log.mock.calls.join().includes("c.req.arrayBuffer()")).toBe(status === 500);
  });

  it("by bodyLimit, without a declared length", async () => {
    const app = appAfter((context) => bodyLimit({ maxSize: 1_000_000 })(context, async () => {}));
    expect((await send(app, signAiStats({ secret }), true)).status).toBe(200);
  });

  // The text of these is not enough to know the bytes by. Guessing them would accept what the sender did not sign.
  const text = JSON.stringify({ id: "evt_1", type: "video.completed", data: { id: "job-1" } });
  const bom = new Uint8Array([0xef, 0xbb, 0xbf]);
  const invalid = new TextEncoder().encode(text.replace("job-1", "job-\uFFFD"));
  it.each<[string, SignedWebhook, boolean]>([
    ["a byte order mark added after signing", withBody(text, [bom, text]), false],
    ["the same without a declared length", withBody(text, [bom, text]), true],
    ["invalid UTF-8, signed as its replacement", withBody(invalid, replaceOnce(invalid)), false],
  ])("as text of which the bytes are not known: %s", async (_case, signed, isChunked) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const response = await send(
      appAfter((context) => context.req.text()),
      signed,
      isChunked,
    );
    expect(response.status).toBe(500);
    expect(log.mock.calls.join()).toContain("c.req.arrayBuffer()");
  });

  it("as form data", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const signed = signAiStats({ secret, body: "a=1" });
    signed.headers["content-type"] = "application/x-www-form-urlencoded";
    const app = appAfter((context) => context.req.formData());
    expect((await send(app, signed)).status).toBe(500);
  });

  it("whole, and over the limit", async () => {
    const app = new Hono().use(async (context, next) => {
      await context.req.arrayBuffer();
      await next();
    });
    app.post("/webhooks", webhook(optionsWith({ maxBodyBytes: 100 })));
    expect((await send(app, signAiStats({ secret }), true)).status).toBe(413);
  });
});

/** A delivery signed as one body and sent as another. */
function withBody(signedAs: string | Uint8Array, parts: BlobPart[] | Uint8Array): SignedWebhook {
  const signed = signAiStats({ secret, body: signedAs, metadata: false });
  const pieces = parts instanceof Uint8Array ? [parts] : parts;
  const bytes = pieces.map((piece) => Buffer.from(piece as string | Uint8Array));
  return { ...signed, body: new Uint8Array(Buffer.concat(bytes)) };
}

/** `bytes` with the three bytes of its U+FFFD replaced by three that decode to as many of them as there were. */
function replaceOnce(bytes: Uint8Array): Uint8Array {
  const at = Buffer.from(bytes).indexOf("\uFFFD");
  // A truncated sequence of three bytes out of four: one replacement character, and the same length.
  return Buffer.concat([bytes.subarray(0, at), Buffer.from([0xf0, 0x9f, 0x98]), bytes.subarray(at + 3)]);
}

describe("webhook in Hono", () => {
  it("keeps headers that were set before", async () => {
    const app = new Hono().use(async (context, next) => {
      context.header("x-request-id", "abc");
      await next();
    });
    app.post("/webhooks", webhook(optionsWith()));
    const response = await ways["on Node"](app, signAiStats({ secret }));
    expect([response.status, response.headers.get("x-request-id")]).toEqual([200, "abc"]);
  });

  it("works under app.mount, where the request is made anew", async () => {
    const inner = new Hono().post("/webhooks", webhook(optionsWith()));
    const app = new Hono().mount("/inner", inner.fetch);
    server = await listen(getRequestListener(app.fetch));
    const response = await fetch(new URL("/inner/webhooks", server.url), signAiStats({ secret }));
    expect(response.status).toBe(200);
  });

  it("calls the options' function once on Node, though every request has an environment of its own", async () => {
    const makeOptions = vi.fn(() => optionsWith());
    const app = new Hono().post("/webhooks", webhook(makeOptions));
    await ways["on Node"](app, signAiStats({ secret }));
    await ways["on Node"](app, signAiStats({ secret, jobId: "job-2" }));
    expect(makeOptions).toHaveBeenCalledTimes(1);
  });

  it("calls it for each request on Workers, with that request's environment", async () => {
    vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
    type Bindings = { SECRET: string };
    const makeOptions = vi.fn((context: Context<{ Bindings: Bindings }>) =>
      optionsWith({ provider: aiStats({ secret: context.env.SECRET }) }),
    );
    const app = new Hono<{ Bindings: Bindings }>().post("/webhooks", webhook(makeOptions));
    const [one, two] = [{ SECRET: "whsec_one-0123456789" }, { SECRET: "whsec_two-0123456789" }];
    for (const [environment, signedWith, status] of [
      [one, one, 200],
      [two, two, 200],
      [one, two, 401],
      [two, one, 401],
    ] as const) {
      const signed = signAiStats({ secret: signedWith.SECRET });
      expect((await app.request(toRequest(signed, local), {}, environment)).status).toBe(status);
    }
    expect(makeOptions).toHaveBeenCalledTimes(4);
  });

  it.each(["on Node", "over Fetch"] as const)(
    "shows the secret function URL and parameters: a tenant in the path, %s",
    async (way) => {
      const seen: unknown[] = [];
      const provider = aiStats({
        secret: ({ method, url, parameters }) => {
          seen.push(method, new URL(String(url)).pathname, parameters?.tenant);
          return secret;
        },
      });
      const app = new Hono().post("/webhooks/:tenant", webhook(optionsWith({ provider })));
      const signed = signAiStats({ secret });
      if (way === "on Node") {
        server = await listen(getRequestListener(app.fetch));
        expect((await fetch(new URL("/webhooks/acme?a=1", server.url), signed)).status).toBe(200);
      } else {
        expect((await app.request(toRequest(signed, "http://localhost/webhooks/acme?a=1"))).status).toBe(200);
      }
      expect(seen).toEqual(["POST", "/webhooks/acme", "acme"]);
    },
  );

  it("takes its secret from c.env where the function names no type", async () => {
    const app = new Hono<{ Bindings: { SECRET: string } }>();
    app.post(
      "/webhooks",
      webhook((c) => optionsWith({ provider: aiStats({ secret: c.env.SECRET }) })),
    );
    const response = await app.request(toRequest(signAiStats({ secret }), local), {}, { SECRET: secret });
    expect(response.status).toBe(200);
  });

  it("hands work that outlives its answer to the execution context", async () => {
    let finished = false;
    const persist = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      finished = true;
    };
    const app = new Hono().post("/webhooks", webhook(optionsWith({ persist, deadlineMs: 50 })));
    const works: Promise<unknown>[] = [];
    const executionContext = {
      waitUntil: (work: Promise<unknown>) => works.push(work),
      passThroughOnException() {},
      props: {},
    };
    const request = toRequest(signAiStats({ secret }), local);
    const response = await app.fetch(request, {}, executionContext as never);
    expect([response.status, finished, works.length]).toEqual([503, false, 1]);
    await works[0];
    expect(finished).toBe(true);
  });

  it("shows its inbox, and how it is configured", () => {
    const hook = webhook({ ...optionsWith(), inbox: {} });
    expect(hook.inbox).toMatchObject({ list: expect.any(Function), replay: expect.any(Function) });
    expect(hook.describe()).toMatchObject({ provider: "ai-stats", inbox: { body: "failed" } });
    expect(webhook(optionsWith()).inbox).toBeUndefined();
  });

  it("throws at once for options that cannot work", () => {
    expect(() => webhook(optionsWith({ leaseMs: 3_600_000 }))).toThrow(/leaseMs/);
  });
});
