import { createReceiver, logOutcomes, type Outcome, type WebhookEvent } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { dialects, withSignature } from "../support/dialects.ts";
import { post } from "../support/trial-receiver.ts";

const aiStats = dialects[0] as (typeof dialects)[number];
const provider = aiStats.makeProvider({ secret: aiStats.secrets[0] });

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function listen() {
  const errors: string[] = [];
  const warnings: string[] = [];
  const log = logOutcomes({ error: (line) => errors.push(line), warn: (line) => warnings.push(line) });
  return { log, errors, warnings };
}

const forge = () => withSignature(aiStats, aiStats.sign(), "0".repeat(64));

describe("refusals", () => {
  it("one line at once with the likely cause, then one a minute with how many", async () => {
    const { log, warnings } = listen();
    const receiver = createReceiver({ provider, store: memoryStore(), persist() {}, onOutcome: log });
    await post(receiver, forge());
    expect(warnings).toEqual([
      expect.stringMatching(/^\[latchhook\] ai-stats: 401 signature-mismatch\. Likely: the secret is wrong/),
    ]);
    for (let refused = 0; refused < 37; refused++) await post(receiver, forge());
    expect(warnings).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(warnings[1]).toMatch(
      /^\[latchhook\] ai-stats: 37 × 401 signature-mismatch in the last minute\. Likely/,
    );
    await vi.advanceTimersByTimeAsync(60_000);
    expect([warnings.length, vi.getTimerCount()]).toEqual([2, 0]);
    await post(receiver, forge());
    expect(warnings).toHaveLength(3);
  });

  it("each reason, each scope and each provider has its own", async () => {
    const { log, warnings } = listen();
    const receivers = ["", "acme"].map((scope) =>
      createReceiver({ provider, store: memoryStore(), persist() {}, scope, onOutcome: log }),
    );
    for (const receiver of receivers) {
      for (let times = 0; times < 5; times++) {
        await post(receiver, forge());
        await post(receiver, { headers: {}, body: aiStats.sign().body });
      }
    }
    expect(warnings.map((line) => line.split(". ")[0])).toEqual([
      "[latchhook] ai-stats: 401 signature-mismatch",
      "[latchhook] ai-stats: 401 missing-signature",
      '[latchhook] ai-stats (scope "acme"): 401 signature-mismatch',
      '[latchhook] ai-stats (scope "acme"): 401 missing-signature',
    ]);
  });

  it("M116 a forged flood of 100,000 is one line a minute", () => {
    const { log, warnings } = listen();
    const refused = {
      code: "unauthentic",
      reason: "signature-mismatch",
      status: 401,
      provider: "ai-stats",
      scope: "",
      source: "http",
      path: "/",
      durationMs: 0,
    } as const;
    for (let count = 0; count < 100_000; count++) log(refused);
    expect([warnings.length, vi.getTimerCount()]).toEqual([1, 1]);
  });

  it("go on being told where timers do not run, as between two requests of a Worker", async () => {
    const { log, warnings } = listen();
    const receiver = createReceiver({ provider, store: memoryStore(), persist() {}, onOutcome: log });
    for (let times = 0; times < 3; times++) await post(receiver, forge());
    vi.clearAllTimers();
    vi.advanceTimersByTime(61_000);
    await post(receiver, forge());
    expect(warnings[1]).toContain("3 × 401 signature-mismatch since the last line");
  });
});

describe("a failure", () => {
  async function failing(error: unknown, options: { path?: string; scope?: string } = {}): Promise<string> {
    const { log, errors } = listen();
    const persist = () => {
      throw error;
    };
    const receiver = createReceiver({
      provider,
      store: memoryStore(),
      persist,
      scope: options.scope,
      onOutcome: log,
    });
    const { headers, body } = aiStats.sign();
    const url = `https://example.com${options.path ?? "/"}?token=1`;
    await receiver.handle(new Request(url, { method: "POST", headers, body: Uint8Array.from(body) }));
    expect(errors).toHaveLength(1);
    return errors[0] as string;
  }

  it("names event, job, attempt of how many, scope, path, and the first frame of the user's own code", async () => {
    const line = await failing(new Error("the database is away"), { path: "/hooks/a", scope: "acme" });
    expect(line).toMatch(/; event "video\.completed" "evt_[^"]+"; job "[^"]+" completed; attempt 1 of 4;/);
    expect(line).toMatch(/Error: "the database is away", at \/.*log\.test\.ts:\d+:\d+/);
    expect(line).toMatch(/; scope "acme"; path "\/hooks\/a"$/);
    expect(line).not.toContain("token");
  });

  it("skips the frames of the runtime and of dependencies", async () => {
    const error = new Error("deep");
    error.stack = [
      "Error: deep",
      "    at Object.run (node:internal/process:1:1)",
      "    at query (file:///app/node_modules/pg/lib/client.js:5:1)",
      "    at async saveVideo (file:///app/src/videos.ts:12:9)",
      "    at async main (/app/src/main.ts:1:1)",
    ].join("\n");
    expect(await failing(error)).toContain('Error: "deep", at /app/src/videos.ts:12:9;');
  });

  it.each(["", "at /etc/passwd:1:1\n    at (/etc/passwd:1:1)", "x".repeat(100_000)])(
    "a message is no frame (%#)",
    async (message) => {
      expect(await failing(new Error(message))).toMatch(/, at [^"]*log\.test\.ts:\d+:\d+;/);
    },
  );

  it("without a usable stack has no frame", async () => {
    expect(await failing(Object.assign(new Error("no"), { stack: undefined }))).toContain('Error: "no";');
  });
});

describe("a late end", () => {
  async function late(end: () => unknown) {
    const { log, errors, warnings } = listen();
    const outcomes: Outcome[] = [];
    const persist = async () => {
      await new Promise((resolve) => setTimeout(resolve, 25_000));
      end();
    };
    const receiver = createReceiver<WebhookEvent>({
      provider,
      store: memoryStore(),
      persist,
      onOutcome: [log, (outcome) => outcomes.push(outcome)],
    });
    const answer = post(receiver, aiStats.sign());
    await vi.advanceTimersByTimeAsync(26_000);
    expect((await answer).status).toBe(503);
    return { errors, warnings, outcomes };
  }

  it("that failed says what was answered", async () => {
    const { errors, outcomes } = await late(() => {
      throw new Error("too late");
    });
    expect(errors[0]).toMatch(
      /deadline-exceeded \(answered 503\); key [0-9a-f]{64}; event "video\.completed"/,
    );
    expect(errors[1]).toContain("persist-failed (late; 503 was answered)");
    expect(outcomes.map(({ code, status, late }) => [code, status, late])).toEqual([
      ["deadline-exceeded", 503, undefined],
      ["persist-failed", 503, true],
    ]);
    expect(outcomes[0]?.key).toBe(outcomes[1]?.key);
  });

  it("that succeeded is told too", async () => {
    const { warnings } = await late(() => {});
    expect(warnings).toEqual([
      expect.stringMatching(
        /processed \(late; 503 was answered\).*the sender's next attempt will be a duplicate/,
      ),
    ]);
  });
});

describe("observers", () => {
  it("add up, and the default log stays", async () => {
    const written = vi.spyOn(console, "error").mockImplementation(() => {});
    const told: string[] = [];
    const persist = () => {
      throw new Error("no");
    };
    const onOutcome = [
      () => {
        throw new Error("the first observer is broken");
      },
      ({ code }: Outcome) => told.push(`second ${code}`),
      ({ code }: Outcome) => told.push(`third ${code}`),
    ];
    const receiver = createReceiver({ provider, store: memoryStore(), persist, onOutcome });
    await post(receiver, aiStats.sign());
    expect(told).toEqual(["second persist-failed", "third persist-failed"]);
    expect(written).toHaveBeenCalledTimes(1);
  });

  it("a log of one's own takes the place of the default one", async () => {
    const written = vi.spyOn(console, "error").mockImplementation(() => {});
    const { log, errors } = listen();
    const persist = () => {
      throw new Error("no");
    };
    const receiver = createReceiver({ provider, store: memoryStore(), persist, onOutcome: [log] });
    await post(receiver, aiStats.sign());
    expect([written.mock.calls.length, errors.length]).toEqual([0, 1]);
  });
});

describe("Retry-After", () => {
  it("is in no outcome but those of 503", async () => {
    const outcomes: Outcome[] = [];
    const { log } = listen();
    const onOutcome = [log, (outcome: Outcome) => outcomes.push(outcome)];
    const receiver = createReceiver({ provider, store: memoryStore(), persist() {}, onOutcome });
    await post(receiver, aiStats.sign());
    await post(receiver, forge());
    await receiver.close();
    await post(receiver, aiStats.sign());
    expect(outcomes.map(({ status, retryAfterMs }) => [status, retryAfterMs !== undefined])).toEqual([
      [200, false],
      [401, false],
      [503, true],
    ]);
  });
});
