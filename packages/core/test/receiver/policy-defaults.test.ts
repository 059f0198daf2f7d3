import { createReceiver, type DeliveryPolicy } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dialects } from "../support/dialects.ts";
import { expectProcessed, trialReceiver } from "../support/trial-receiver.ts";

const dialect = dialects[0] as (typeof dialects)[number];
const provider = dialect.makeProvider({ secret: dialect.secrets[0] });
const policyOf = (changes: Partial<DeliveryPolicy>): DeliveryPolicy => ({ ...provider.policy, ...changes });

const senders: Readonly<Record<string, Partial<DeliveryPolicy>>> = {
  "Slack, Discord and Zoom: 3 s": { timeoutMs: 3_000 },
  "Shopify and Linear: 5 s": { timeoutMs: 5_000 },
  "one that waits a second": { timeoutMs: 1_000 },
  "Luma: again after 100 ms": { timeoutMs: 5_000, shortestRetryGapMs: 100 },
  "one that repeats at once": { shortestRetryGapMs: 0 },
  "one that retries for 60 days": { retryHorizonMs: 60 * 86_400_000 },
};

describe("defaults fit the sender's policy", () => {
  it.each(Object.entries(senders))("N129 %s works with no option set", async (_sender, changes) => {
    const trial = trialReceiver({ ...provider, policy: policyOf(changes) });
    expectProcessed(await trial.post(dialect.sign()), "with defaults");
  });

  it("whatever that is", () => {
    const policies = fc.record({
      timeoutMs: fc.integer({ min: 1_000, max: 120_000 }),
      shortestRetryGapMs: fc.integer({ min: 0, max: 600_000 }),
      retryHorizonMs: fc.integer({ min: 0, max: 400 * 86_400_000 }),
    });
    fc.assert(
      fc.property(policies, (policy) => {
        const store = memoryStore();
        createReceiver({ provider: { ...provider, policy: policyOf(policy) }, store, persist() {} });
      }),
    );
  });

  it.each([
    ["deadlineMs", 2_600, { timeoutMs: 3_000 }],
    ["leaseMs", 1_500, { shortestRetryGapMs: 1_500 }],
    ["leaseMs", 1_001, { shortestRetryGapMs: 0 }],
    ["retainMs", 59 * 86_400_000, { retryHorizonMs: 60 * 86_400_000 }],
  ])("and %s of %i, which does not, is refused", (option, value, changes) => {
    const make = () =>
      createReceiver({
        provider: { ...provider, policy: policyOf(changes) },
        store: memoryStore(),
        persist() {},
        [option]: value,
      });
    expect(make).toThrow(option);
  });
});
