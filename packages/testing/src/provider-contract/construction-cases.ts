import assert from "node:assert/strict";
import { inspect } from "node:util";
import { createReceiver, isLatchhookError } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import type { TrialBody } from "./trial.ts";

/** What making a provider checks, and what the provider shows. */
export const constructionCases: Readonly<Record<string, TrialBody>> = {
  "a secret that is none throws when the provider is made": ({ options }) => {
    const [secret] = options.secrets;
    const unusable = ["", " ", "\t\n", "undefined", "null", [], [""], [secret, ""], [secret, "  "]];
    for (const none of [...unusable, null, 7, [undefined], {}]) {
      assert.throws(
        () => options.provider(none as never),
        (error) => isLatchhookError(error) && /secret/.test(error.code) && !showsSecret(error, [secret]),
        JSON.stringify(none),
      );
    }
  },

  "a secret function that fails, or gives none, rejects and opens nothing": async ({ options, genuine }) => {
    const failures: readonly (() => never)[] = [
      () => {
        throw new Error("the vault is sealed");
      },
      () => Promise.reject(new Error("the vault is sealed")) as never,
      () => "" as never,
      () => [] as never,
      () => undefined as never,
      () => Promise.resolve(undefined) as never,
    ];
    for (const failing of failures) {
      const provider = options.provider(failing);
      await assert.rejects(
        async () => provider.verify(genuine()),
        (error) => isLatchhookError(error) && error.code === "secret-unavailable",
      );
    }
  },

  "no secret shows in inspect, JSON, or what verify and read give": async ({ options, genuine }) => {
    const provider = options.provider(options.secrets);
    const request = genuine();
    const shown = [provider, await provider.verify(request), provider.read(request)];
    for (const value of shown) assert.ok(!showsSecret(value, options.secrets));
  },

  "the name is in kebab case": ({ provider }) => {
    assert.match(provider.name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  },

  "the delivery policy is sane, and a receiver's defaults keep to it": ({ provider }) => {
    const { timeoutMs, shortestRetryGapMs, retryHorizonMs, maxAttempts } = provider.policy;
    assert.ok(Number.isFinite(timeoutMs) && timeoutMs > 0);
    // A sender may repeat at once, and one may not repeat at all.
    for (const milliseconds of [shortestRetryGapMs, retryHorizonMs]) {
      assert.ok(Number.isFinite(milliseconds) && milliseconds >= 0);
    }
    assert.ok(retryHorizonMs >= shortestRetryGapMs);
    assert.ok(maxAttempts === null || (Number.isSafeInteger(maxAttempts) && maxAttempts > 0));
    createReceiver({ provider, store: memoryStore(), persist: () => {} });
  },
};

function showsSecret(value: unknown, secrets: readonly string[]): boolean {
  const texts = [
    inspect(value, { depth: null, showHidden: true, getters: true }),
    JSON.stringify(value) ?? "",
  ];
  return secrets.some((secret) => {
    const bare = secret.replace(/^[a-z]+_/, "");
    const forms = [bare, Buffer.from(secret).toString("hex"), Buffer.from(bare, "base64").toString("hex")];
    return forms.some((form) => texts.some((text) => text.includes(form)));
  });
}
