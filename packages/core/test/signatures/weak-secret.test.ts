import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

// What was told once is remembered for as long as the module lives, so each test loads it anew.
beforeEach(() => {
  vi.resetModules();
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function warningsOf(secret: string, times = 1): Promise<readonly string[]> {
  const { aiStats } = await import("@latchhook/core/providers/ai-stats");
  for (let time = 0; time < times; time++) aiStats({ secret });
  return vi.mocked(console.warn).mock.calls.map(([text]) => String(text));
}

describe("a secret that can be guessed", () => {
  it.each([
    "x",
    "seven77",
    "0".repeat(31),
    "abcabcabcabcabcabc",
    "whsec_1",
    "changeme",
    "Change-Me",
    "your-secret-here",
    "your_webhook_secret",
    "my-secret",
    "password1",
    "12345678",
    '"whsec_q3Jz8uVb5KpW1sYd0TfRmLxC"',
  ])("%j is used, and warned of once, without being shown", async (secret) => {
    const warnings = await warningsOf(secret, 3);
    expect(warnings).toEqual([expect.stringMatching(/^\[latchhook\] aiStats: the secret /)]);
    // One character is in every sentence.
    if (secret.length > 1) expect(warnings[0]).not.toContain(secret);
  });

  it.each([
    "whsec_q3Jz8uVb5KpW1sYd0TfRmLxC",
    "It's a Secret to Everybody",
    "ck_live_first-of-two",
    "sécrètes",
  ])("%j is not warned of", async (secret) => {
    expect(await warningsOf(secret)).toEqual([]);
  });

  it("is warned of for each factory, and for a secret that a function gives, too", async () => {
    const { aiStats } = await import("@latchhook/core/providers/ai-stats");
    const { creativeai } = await import("@latchhook/core/providers/creativeai");
    const { github } = await import("@latchhook/core/providers/github");
    creativeai({ secret: "x" });
    github({ secret: ["a-secret-that-is-long-enough", "changeme"] });
    const signature = "0".repeat(64);
    const headers = {
      "x-ai-stats-timestamp": String(Math.floor(Date.now() / 1000)),
      "x-ai-stats-signature": signature,
    };
    const provider = aiStats({ secret: () => "changeme" });
    for (let time = 0; time < 3; time++) await provider.verify({ headers, body: new Uint8Array() });
    const warnings = vi.mocked(console.warn).mock.calls.map(([text]) => String(text).split(":")[0]);
    expect(warnings).toEqual(["[latchhook] creativeai", "[latchhook] github", "[latchhook] aiStats"]);
  });
});
