import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

// What was told once is remembered for as long as the module lives, so each test loads it anew.
beforeEach(() => {
  vi.resetModules();
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

const warnings = () => vi.mocked(console.warn).mock.calls.map(([text]) => String(text));

async function warningsOf(...secrets: readonly string[]): Promise<readonly string[]> {
  const { warnOfWeakSecret } = await import("../../src/signatures/weak-secret.ts");
  for (const secret of secrets) warnOfWeakSecret("acme", secret);
  return warnings();
}

const consequence =
  "Whoever can guess it can sign deliveries. Where the sender lets you choose it, use 32 random characters.";
const quoted = "has quotation marks around it, which count as part of it";
const short = "has fewer than 8 characters";
const repeated = "is the same few characters over and over";
const placeholder = "is a placeholder";

describe("a secret that can be guessed", () => {
  it.each([
    ["x", short],
    ["seven77", short],
    ["whsec_1234567", short],
    ["  seven77  ", short],
    ["0".repeat(31), repeated],
    ["xxxxxxxx", repeated],
    ["abcabcabcabcabcabc", repeated],
    ["whsec_aaaaaaaa", repeated],
    ['"whsec_q3Jz8uVb5KpW1sYd0TfRmLxC"', quoted],
    ["'q3Jz8uVb5KpW1sYd0TfRmLxC'", quoted],
    ["`q3Jz8uVb5\nKpW1sYd0TfRmLxC`", quoted],
    ["changeme", placeholder],
    ["Change-Me", placeholder],
    ["change_this", placeholder],
    ["change me", placeholder],
    ["your-secret-here", placeholder],
    ["your_webhook_secret", placeholder],
    ["yoursecret", placeholder],
    ["my-secret", placeholder],
    ["the secret key", placeholder],
    ["webhooksecret", placeholder],
    ["webhook-secret-key", placeholder],
    ["WEBHOOK_PASSWORD_HERE", placeholder],
    ["secretkey", placeholder],
    ["password", placeholder],
    ["password1", placeholder],
    ["password2026", placeholder],
    ["12345678", placeholder],
    ["1234567890", placeholder],
    ["testsecret", placeholder],
    ["test-secret", placeholder],
    ["whsec_test_secret", placeholder],
  ])("%j is warned of, without being shown: it %s", async (secret, problem) => {
    expect(await warningsOf(secret)).toEqual([`[latchhook] acme: the secret ${problem}. ${consequence}`]);
  });

  it.each([
    "whsec_q3Jz8uVb5KpW1sYd0TfRmLxC",
    "It's a Secret to Everybody",
    "ck_live_first-of-two",
    "sécrètes",
    "eight888",
    "abcdabcd",
    // Marks and prefixes that are not around it, or not in front, are characters like others.
    '"in" and "out" of it',
    'it is "quoted"',
    `"mixed marks'`,
    "aa-longer-secret-a",
    "a-long-whsec_",
    // It only begins or ends as a placeholder does, or holds more than one.
    "unchangeme",
    "changemen",
    "change--me",
    "not-my-secret",
    "my-secret-is-safe",
    "your--secret",
    "webhook--secret",
    "secret--key",
    "yoursword",
    "password-1",
    "mypassword1",
    "0-12345678",
    "12345678-a",
    "1234567x",
    "a-test-secret",
    "test-secrets",
    "test--secret",
    "testing_secret",
  ])("%j is not warned of", async (secret) => {
    expect(await warningsOf(secret)).toEqual([]);
  });

  it("is warned of once: options may be made anew for each request", async () => {
    expect(await warningsOf("changeme", "changeme", "another", "x")).toHaveLength(1);
  });

  it("is warned of after others that cannot", async () => {
    expect(await warningsOf("q3Jz8uVb5KpW1sYd0TfRmLxC", "changeme")).toHaveLength(1);
  });

  it("is used, and warned of for each factory, for a secret that a function gives too", async () => {
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
    expect(warnings().map((text) => text.split(":")[0])).toEqual([
      "[latchhook] creativeai",
      "[latchhook] github",
      "[latchhook] aiStats",
    ]);
  });
});
