import { logOutcomes, type ReceiverOptions } from "@latchhook/core";
import { type AiStatsEvent, aiStats } from "@latchhook/core/providers/ai-stats";
import { memoryStore } from "@latchhook/core/stores/memory";
import { webhook } from "@latchhook/next";
import { webhook as apiWebhook } from "@latchhook/next/pages";
import { type AdapterServer, listen, signAiStats, toRequest } from "@latchhook/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { serveApiRoute } from "./next-server.ts";

const secret = "whsec_next-0123456789";
/** Without the lines on refusals, for a warning of Next.js's own to be seen. */
const failuresOnly = logOutcomes({ error: (line) => console.error(line), warn() {} });
const local = "http://localhost/webhooks";
const requestContext = Symbol.for("@next/request-context");

let server: AdapterServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
  Reflect.deleteProperty(globalThis, requestContext);
  vi.restoreAllMocks();
});

function optionsWith(changes: Partial<ReceiverOptions<AiStatsEvent>> = {}): ReceiverOptions<AiStatsEvent> {
  return {
    provider: aiStats({ secret }),
    store: memoryStore(),
    persist() {},
    onOutcome: failuresOnly,
    ...changes,
  };
}

describe("webhook in a route handler", () => {
  it("does not call the options' function before the first request, for a build has no secrets", async () => {
    const makeOptions = vi.fn(() => optionsWith());
    const POST = webhook(makeOptions);
    expect(makeOptions).not.toHaveBeenCalled();
    expect((await POST(toRequest(signAiStats({ secret }), local))).status).toBe(200);
    expect((await POST(toRequest(signAiStats({ secret }), local))).status).toBe(200);
    expect(makeOptions).toHaveBeenCalledTimes(1);
  });

  it("hands work that outlives its answer to the platform, where there is one", async () => {
    let finished = 0;
    const persist = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      finished += 1;
    };
    const POST = webhook(optionsWith({ persist, deadlineMs: 50 }));
    const works: Promise<unknown>[] = [];
    const platform = { get: () => ({ waitUntil: (work: Promise<unknown>) => works.push(work) }) };
    Object.assign(globalThis, { [requestContext]: platform });
    expect((await POST(toRequest(signAiStats({ secret }), local))).status).toBe(503);
    expect([finished, works.length]).toEqual([0, 1]);
    await works[0];
    expect(finished).toBe(1);

    Object.assign(globalThis, { [requestContext]: { get: () => undefined } });
    expect((await POST(toRequest(signAiStats({ secret, jobId: "job-2" }), local))).status).toBe(503);
    await vi.waitFor(() => expect(finished).toBe(2));
    await POST.close();
    expect((await POST(toRequest(signAiStats({ secret }), local))).status).toBe(503);
  });

  it.each([
    ["a promise, as of Next.js 15", Promise.resolve({ tenant: "acme" })],
    ["plain, as in Next.js 14", { tenant: "acme" }],
    ["none", undefined],
  ])("shows the secret function URL and parameters: %s", async (_how, params) => {
    const seen: unknown[] = [];
    const provider = aiStats({
      secret: ({ method, url, parameters }) => {
        seen.push(method, url, parameters?.tenant);
        return secret;
      },
    });
    const POST = webhook(optionsWith({ provider }));
    const address = "http://localhost/webhooks/acme?a=1";
    expect((await POST(toRequest(signAiStats({ secret }), address), { params })).status).toBe(200);
    expect(seen).toEqual(["POST", address, params === undefined ? undefined : "acme"]);
  });

  it("hands late work to its own request's context, though another's has taken its place", async () => {
    const works: string[] = [];
    const platformOf = (name: string) => ({
      [requestContext]: { get: () => ({ waitUntil: () => works.push(name) }) },
    });
    const persist = () => new Promise((resolve) => setTimeout(resolve, 100));
    const POST = webhook(optionsWith({ persist, deadlineMs: 50 }));
    Object.assign(globalThis, platformOf("first"));
    const answer = POST(toRequest(signAiStats({ secret }), local));
    Object.assign(globalThis, platformOf("second"));
    expect((await answer).status).toBe(503);
    expect(works).toEqual(["first"]);
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

describe("webhook in an API route", () => {
  it("has answered when it returns, or Next.js would warn", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const config = { api: { bodyParser: false } } as const;
    server = await listen(
      serveApiRoute({ default: apiWebhook(optionsWith({ maxBodyBytes: 10_000 })), config }),
    );
    const large = { method: "POST", body: new Uint8Array(2_000_000) };
    const statuses: number[] = [];
    for (const request of [signAiStats({ secret }), signAiStats({ secret }), large, { method: "GET" }]) {
      statuses.push((await fetch(server.url, request)).status);
    }
    expect(statuses).toEqual([200, 200, 413, 405]);
    expect(warn).not.toHaveBeenCalled();
  });

  it("shows its inbox, and how it is configured", () => {
    const hook = apiWebhook({ ...optionsWith(), inbox: {} });
    expect(hook.inbox).toMatchObject({ list: expect.any(Function), replay: expect.any(Function) });
    expect(hook.describe()).toMatchObject({ provider: "ai-stats", inbox: { body: "failed" } });
    expect(apiWebhook(optionsWith()).inbox).toBeUndefined();
  });

  it("says how to turn the body parser off", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    server = await listen(serveApiRoute({ default: apiWebhook(() => optionsWith()) }));
    const response = await fetch(server.url, signAiStats({ secret }));
    expect([response.status, await response.json()]).toEqual([500, { error: "failed" }]);
    expect(log.mock.calls.join()).toContain("export const config = { api: { bodyParser: false } }");
  });
});
