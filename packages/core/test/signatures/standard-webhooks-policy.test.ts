import { standardWebhooksPolicy } from "@latchhook/core/kit";
import { describe, expect, it } from "vitest";

const hour = 3_600_000;

describe("the policy of senders that follow Standard Webhooks", () => {
  it("is the shortest timeout and pause of the specification, and its schedule of 75 h 35 min", () => {
    expect(standardWebhooksPolicy()).toEqual({
      timeoutMs: 15_000,
      shortestRetryGapMs: 5_000,
      retryHorizonMs: 75 * hour + (35 / 60) * hour,
      maxAttempts: null,
    });
  });

  it("lasts for as long as a captured request is believed, where that is longer", () => {
    const days = 4 * 24 * 3_600;
    expect(standardWebhooksPolicy(days).retryHorizonMs).toBe(2 * days * 1000);
    expect(standardWebhooksPolicy(60).retryHorizonMs).toBe(standardWebhooksPolicy().retryHorizonMs);
  });
});
