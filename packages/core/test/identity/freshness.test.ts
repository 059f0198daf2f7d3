import { createReceiver, type Provider } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { memoryStore } from "@latchhook/core/stores/memory";
import { signCreativeai } from "@latchhook/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { dialects } from "../support/dialects.ts";
import { expectProcessed, trialReceiver } from "../support/trial-receiver.ts";

afterEach(() => {
  vi.useRealTimers();
});

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const duplicate = '{"received":true,"duplicate":true}';

const trialOf = (provider: Provider = aiStats({ secret })) => trialReceiver(provider);

describe("freshness", () => {
  const timestamped = dialects.filter(({ timestampHeader }) => timestampHeader !== undefined);

  it.each(timestamped)("G77 a captured delivery of $name 301 s later → 401", async (dialect) => {
    const sentAt = 1_790_000_000;
    vi.useFakeTimers({ toFake: ["Date"], now: sentAt * 1000 });
    const trial = trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }));
    const captured = dialect.sign({ timestamp: sentAt });
    expectProcessed(await trial.post(captured), "fresh");
    vi.setSystemTime((sentAt + 301) * 1000);
    expect((await trial.post(captured)).status).toBe(401);
    expect(trial.persisted).toHaveLength(1);
  });

  const dayMs = 86_400_000;

  it.each([
    ["8 days old", -8 * dayMs, 401],
    ["7 days and a second old", -7 * dayMs - 1_000, 401],
    ["6 days old", -6 * dayMs, 200],
    ["now", 0, 200],
    ["299 s in the future", 299_000, 200],
    ["302 s in the future", 302_000, 401],
    ["a year in the future", 365 * dayMs, 401],
  ])("G78 CreativeAI, completed_at %s → its answer", async (_what, offsetMs, status) => {
    const trial = trialOf(creativeai({ secret }));
    const signed = signCreativeai({ secret, completedAt: new Date(Date.now() + offsetMs) });
    expect((await trial.post(signed)).status).toBe(status);
    expect(trial.persisted).toHaveLength(status === 200 ? 1 : 0);
  });

  it.each([undefined, null, "", "yesterday", "5", 5, 1_790_000_000, "2026-13-45T99:99:99Z", [], {}, "0000"])(
    "G78 CreativeAI, completed_at %j → delivered once",
    async (completedAt) => {
      const trial = trialOf(creativeai({ secret }));
      const signed = signCreativeai({ secret, data: { completed_at: completedAt } });
      expectProcessed(await trial.post(signed), "first");
      expect((await trial.post(signed)).body).toBe(duplicate);
      expect(trial.persisted).toHaveLength(1);
    },
  );

  it("G78 a record without a date outlives its retention; a dated one does not", async () => {
    let now = 0;
    const store = memoryStore({ now: () => now });
    const trial = trialReceiver(creativeai({ secret }), { store, retainMs: 8 * dayMs });
    const undated = signCreativeai({ secret, generationId: "gen_undated", data: { completed_at: null } });
    const dated = signCreativeai({ secret, generationId: "gen_dated" });
    for (const signed of [undated, dated]) expectProcessed(await trial.post(signed), "first");
    now = 9 * dayMs;
    expect((await trial.post(undated)).body).toBe(duplicate);
    expectProcessed(await trial.post(dated), "its own date would have refused it by now");
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, "7d"])("G78 maxAgeMs of %s → throws", (maxAgeMs) => {
    expect(() => creativeai({ secret, maxAgeMs: maxAgeMs as number })).toThrow(/maxAgeMs/);
  });

  it("G78 a record must outlive the age at which a replay is still believed", () => {
    const make = (maxAgeMs: number, retainMs: number) => () =>
      createReceiver({
        provider: creativeai({ secret, maxAgeMs }),
        store: memoryStore(),
        persist: () => {},
        retainMs,
      });
    expect(make(10 * dayMs, 9 * dayMs)).toThrow(/retainMs/);
    expect(make(10 * dayMs, 10 * dayMs)).not.toThrow();
  });
});
