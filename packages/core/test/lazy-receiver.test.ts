import { lazyReceiver, type WebhookRequest } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { memoryStore } from "@latchhook/core/stores/memory";
import { signAiStats } from "@latchhook/testing";
import { afterEach, describe, expect, it, vi } from "vitest";

afterEach(() => {
  vi.restoreAllMocks();
});

const secret = "whsec_first-of-two";

function requestOf(options: Partial<Parameters<typeof signAiStats>[0]> = {}): WebhookRequest {
  const { headers, body } = signAiStats({ secret, ...options });
  return { method: "POST", headers, readBody: async () => ({ ok: true, bytes: body }) };
}

function optionsFor(key = secret) {
  return { provider: aiStats({ secret: key }), store: memoryStore(), persist: () => {}, onOutcome: () => {} };
}

describe("lazyReceiver", () => {
  it("throws at once for options that cannot work", () => {
    expect(() => lazyReceiver({ ...optionsFor(), leaseMs: -1 })).toThrow(/leaseMs/);
  });

  it("calls a function at the first request, and once for requests that come at once", async () => {
    let calls = 0;
    const receiver = lazyReceiver(async () => {
      calls++;
      await new Promise((resolve) => setTimeout(resolve, 10));
      return optionsFor();
    });
    expect(calls).toBe(0);
    const answers = await Promise.all(
      [1, 2, 3].map((id) => receiver.receive(requestOf({ jobId: `video_${id}` }), {})),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(calls).toBe(1);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("no binding");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("no binding");
      },
    ],
    ["gives options that cannot work", () => ({ ...optionsFor(), leaseMs: -1 })],
    ["gives a provider without a secret", () => optionsFor("")],
    ["gives nothing", () => undefined as never],
  ])("answers 500 with one log line for a function that %s, and calls it again", async (_what, fail) => {
    const written = vi.spyOn(console, "error").mockImplementation(() => {});
    let calls = 0;
    const receiver = lazyReceiver(() => (++calls === 1 ? fail() : optionsFor()));
    const answer = await receiver.receive(requestOf(), undefined);
    expect([answer.status, answer.body]).toEqual([500, '{"error":"failed"}']);
    expect(written).toHaveBeenCalledTimes(1);
    expect(String(written.mock.calls[0]?.[0])).toMatch(/misconfigured \(answered 500\)/);
    expect((await receiver.receive(requestOf(), undefined)).status).toBe(200);
    expect(calls).toBe(2);
  });

  it("makes one receiver for each environment", async () => {
    const made: object[] = [];
    const receiver = lazyReceiver(
      (context: { readonly environment: { readonly secret: string } }) => {
        made.push(context.environment);
        return optionsFor(context.environment.secret);
      },
      ({ environment }) => environment,
    );
    const [one, two] = [{ secret }, { secret: "another" }];
    for (const environment of [one, two, one, two]) await receiver.receive(requestOf(), { environment });
    expect(made).toEqual([one, two]);
    expect((await receiver.receive(requestOf(), { environment: one })).status).toBe(200);
    expect((await receiver.receive(requestOf(), { environment: two })).status).toBe(401);
  });

  it("closes every receiver that it made", async () => {
    const receiver = lazyReceiver(() => optionsFor());
    await receiver.receive(requestOf(), undefined);
    await receiver.close();
    expect((await receiver.receive(requestOf(), undefined)).status).toBe(503);
  });
});
