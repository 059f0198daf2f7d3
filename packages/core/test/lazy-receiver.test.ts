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

  it("closes the receiver that it made, and disposes once of what its options opened", async () => {
    const disposed = vi.fn();
    const receiver = lazyReceiver(() => ({ ...optionsFor(), dispose: disposed }));
    await receiver.receive(requestOf(), undefined);
    await receiver.receive(requestOf(), undefined);
    expect(disposed).not.toHaveBeenCalled();
    await Promise.all([receiver.close(), receiver.close()]);
    expect((await receiver.receive(requestOf(), undefined)).status).toBe(503);
    expect(disposed).toHaveBeenCalledTimes(1);
  });

  it("has the inbox and the description of its receiver", () => {
    const receiver = lazyReceiver({ ...optionsFor(), inbox: {} });
    expect(receiver.inbox).toMatchObject({ list: expect.any(Function), replay: expect.any(Function) });
    expect(receiver.describe()).toMatchObject({ provider: "ai-stats", inbox: { body: "failed" } });
    expect(lazyReceiver(optionsFor()).inbox).toBeUndefined();
  });

  it("has them of a function's options once these are made, and never where they are made for each request", async () => {
    const ofProcess = lazyReceiver(() => ({ ...optionsFor(), inbox: {} }), "process");
    expect([ofProcess.inbox, ofProcess.describe()]).toEqual([undefined, undefined]);
    await ofProcess.receive(requestOf(), undefined);
    expect((await ofProcess.inbox?.list())?.deliveries).toHaveLength(1);
    expect(ofProcess.describe()?.inbox).not.toBeNull();
    const ofRequests = lazyReceiver(() => ({ ...optionsFor(), inbox: {} }), "request");
    await ofRequests.receive(requestOf(), undefined);
    expect([ofRequests.inbox, ofRequests.describe()]).toEqual([undefined, undefined]);
  });

  it("made for one request, writes what is noted of it before its runtime ends", async () => {
    const store = memoryStore();
    const receiver = lazyReceiver(() => ({ ...optionsFor(), store, inbox: {} }), "request");
    const request = requestOf();
    await receiver.receive(request, undefined);
    const kept: Promise<unknown>[] = [];
    await receiver.receive({ ...request, waitUntil: (work) => kept.push(work) }, undefined);
    await Promise.all(kept);
    expect(store.inbox.list({ limit: 1 })).toMatchObject([{ requests: 2, lastOutcome: "duplicate" }]);
  });

  it("disposes of options that are only made after close, which does not wait for them", async () => {
    const disposed = vi.fn();
    let finish = (): void => {};
    const ready = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const receiver = lazyReceiver(() => ready.then(() => ({ ...optionsFor(), dispose: disposed })));
    const answer = receiver.receive(requestOf(), undefined);
    await receiver.close();
    expect(disposed).not.toHaveBeenCalled();
    finish();
    expect((await answer).status).toBe(503);
    await vi.waitFor(() => expect(disposed).toHaveBeenCalledTimes(1));
  });

  it.each(["request", "process"] as const)(
    "disposes of options that cannot work (a life per %s)",
    async (life) => {
      vi.spyOn(console, "error").mockImplementation(() => {});
      const disposed = vi.fn();
      const receiver = lazyReceiver(() => ({ ...optionsFor(), leaseMs: -1, dispose: disposed }), life);
      expect((await receiver.receive(requestOf(), undefined)).status).toBe(500);
      expect((await receiver.receive(requestOf(), undefined)).status).toBe(500);
      expect(disposed).toHaveBeenCalledTimes(2);
    },
  );
});

describe("lazyReceiver with a life per request", () => {
  it("makes options for each request and disposes of each once it is answered", async () => {
    const store = memoryStore();
    const lives: string[] = [];
    let made = 0;
    const receiver = lazyReceiver(({ key }: { readonly key: string }) => {
      const life = ++made;
      lives.push(`made ${life}`);
      return {
        ...optionsFor(key),
        store,
        persist: () => lives.push(`persisted ${life}`),
        dispose: () => lives.push(`disposed ${life}`),
      };
    }, "request");
    const answers: number[] = [];
    for (const key of [secret, secret, "another"]) {
      answers.push((await receiver.receive(requestOf(), { key })).status);
      await vi.waitFor(() => expect(lives.at(-1)).toMatch(/disposed/));
    }
    expect(answers).toEqual([200, 200, 401]);
    expect(lives).toEqual([
      ...["made 1", "persisted 1", "disposed 1"],
      ...["made 2", "disposed 2"],
      ...["made 3", "disposed 3"],
    ]);
  });

  it("disposes through waitUntil, after the callback that outlives its answer", async () => {
    const lives: string[] = [];
    const kept: Promise<unknown>[] = [];
    let finish = (): void => {};
    const persisted = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const receiver = lazyReceiver(
      () => ({
        ...optionsFor(),
        deadlineMs: 30,
        persist: () => persisted.then(() => lives.push("persisted")),
        onOutcome: ({ code, late }) => lives.push(late ? `${code}, late` : code),
        dispose: () => lives.push("disposed"),
      }),
      "request",
    );
    const waitUntil = (work: Promise<unknown>) => kept.push(work);
    expect((await receiver.receive({ ...requestOf(), waitUntil }, undefined)).status).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(lives).toEqual(["deadline-exceeded"]);
    finish();
    await Promise.all(kept);
    expect(lives).toEqual(["deadline-exceeded", "persisted", "processed, late", "disposed"]);
  });

  it.each([
    ["throws", () => Promise.reject(new Error("no connection"))],
    [
      "throws at once",
      () => {
        throw new Error("no connection");
      },
    ],
  ])("logs a dispose that %s, and answers as without it", async (_what, dispose) => {
    const written = vi.spyOn(console, "error").mockImplementation(() => {});
    const receiver = lazyReceiver(() => ({ ...optionsFor(), dispose }), "request");
    expect((await receiver.receive(requestOf(), undefined)).status).toBe(200);
    await receiver.close();
    expect(written).toHaveBeenCalledTimes(1);
    expect(String(written.mock.calls[0]?.[0])).toMatch(
      /^\[latchhook\] dispose failed: Error: "no connection"/,
    );
  });

  it("waits ten seconds for a dispose, no longer", async () => {
    const written = vi.spyOn(console, "error").mockImplementation(() => {});
    const receiver = lazyReceiver(
      () => ({ ...optionsFor(), dispose: () => new Promise(() => {}) }),
      "request",
    );
    expect((await receiver.receive(requestOf(), undefined)).status).toBe(200);
    vi.useFakeTimers();
    try {
      const closed = receiver.close();
      await vi.advanceTimersByTimeAsync(10_000);
      await closed;
    } finally {
      vi.useRealTimers();
    }
    expect(String(written.mock.calls[0]?.[0])).toContain("10000 ms");
  });

  it("answers 503 once closed, and waits for the requests in flight", async () => {
    let calls = 0;
    const receiver = lazyReceiver(() => {
      calls++;
      return { ...optionsFor(), persist: () => new Promise((resolve) => setTimeout(resolve, 30)) };
    }, "request");
    const answer = receiver.receive(requestOf(), undefined);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await receiver.close();
    expect((await answer).status).toBe(200);
    expect((await receiver.receive(requestOf(), undefined)).status).toBe(503);
    expect(calls).toBe(1);
  });

  it("says once that a memory store made for each request recognises no duplicate", async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    const kept = { ...optionsFor() };
    const outside = lazyReceiver(() => kept, "request");
    for (let count = 0; count < 3; count++) await outside.receive(requestOf(), undefined);
    expect(warned).not.toHaveBeenCalled();
    const inside = lazyReceiver(() => optionsFor(), "request");
    for (let count = 0; count < 3; count++) await inside.receive(requestOf(), undefined);
    expect(warned).toHaveBeenCalledTimes(1);
    expect(String(warned.mock.calls[0]?.[0])).toMatch(/memory store.*outside of the function/);
  });
});

describe("lazyReceiver's choice of life", () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    ["Cloudflare-Workers", 2],
    ["Node.js/24", 1],
    [undefined, 1],
  ])("with the user agent %s makes options %i times for two requests", async (userAgent, times) => {
    vi.stubGlobal("navigator", userAgent === undefined ? undefined : { userAgent });
    const makeOptions = vi.fn(() => optionsFor());
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const receiver = lazyReceiver(makeOptions);
    await receiver.receive(requestOf(), undefined);
    await receiver.receive(requestOf(), undefined);
    expect(makeOptions).toHaveBeenCalledTimes(times);
  });
});
