import { generateKeyPairSync } from "node:crypto";
import { verifyWebhook } from "@latchhook/core";
import { pubsub } from "@latchhook/core/providers/pubsub";
import { providerContract, publishedKeys, signPubsub } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { fetchedKeysSkips } from "../support/fetched-keys.ts";
import { trialReceiver } from "../support/trial-receiver.ts";

const newKey = () =>
  generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
    format: "pem",
    type: "pkcs8",
  }) as string;
const [privateKey, otherKey] = [newKey(), newKey()] as const;
const audience = "https://example.com/webhooks/pubsub";
const email = "push@project.iam.gserviceaccount.com";
const account = { audience, email };
const provider = pubsub({ ...account, fetchKeys: publishedKeys(privateKey) });

const push = (messageId: string, more: object = {}) => ({
  message: {
    messageId,
    data: "e30=",
    attributes: { kind: "video" },
    publishTime: "2026-11-01T12:00:00.123Z",
  },
  subscription: "projects/p/subscriptions/s",
  ...more,
});
const sample = (messageId: string) => ({
  name: messageId,
  attempts: [push(messageId), push(messageId, { deliveryAttempt: 2 })] as const,
  type: "message",
  known: true,
  job: null,
});
const notBound = "Google's token says nothing of the body";

describe("pubsub", () => {
  const cases = providerContract({
    provider: (given) => pubsub({ ...account, fetchKeys: publishedKeys(given as string) }),
    secrets: [privateKey, otherKey],
    sign: ({ secret, body, timestamp }) => signPubsub({ ...account, privateKey: secret, body, timestamp }),
    requiredHeaders: ["authorization"],
    // The word before the token counts the same in either case.
    caseInsensitiveHeaders: ["authorization"],
    toleranceSeconds: null,
    samples: [sample("1"), sample("2")],
    skip: [
      ...fetchedKeysSkips,
      { case: "a body with any one bit flipped is refused", reason: notBound },
      { case: "a body that a parser would take for the same is refused", reason: notBound },
    ],
  });
  for (const { name, run } of cases) it(name, run);

  it.each([
    [{ audience: "https://example.com/webhooks/other" }],
    [{ audience: "https://example.com/webhooks/pubsub/" }],
    [{ email: "push@stranger.iam.gserviceaccount.com" }],
    [{ email: email.toUpperCase() }],
  ])("a token of Google's for %j → refused", async (changed) => {
    const result = await verifyWebhook(provider, signPubsub({ ...account, ...changed, privateKey }));
    expect(result).toMatchObject({ ok: false, reason: "wrong-audience" });
  });

  it("several audiences and accounts → each is accepted", async () => {
    const several = pubsub({
      audience: ["other", audience],
      email: ["other", email],
      fetchKeys: publishedKeys(privateKey),
    });
    expect(await verifyWebhook(several, signPubsub({ ...account, privateKey }))).toMatchObject({ ok: true });
  });

  it.each([undefined, "", []])("without an audience or an account (%j) → says so when it is made", (none) => {
    expect(() => pubsub({ audience: none as string, email })).toThrow(
      /pubsub: audience is required: Google signs/,
    );
    expect(() => pubsub({ audience, email: none as string })).toThrow(
      /pubsub: email is required: Google signs/,
    );
  });

  it("a token that is older than an hour and the tolerance → stale", async () => {
    const now = Math.floor(Date.now() / 1000);
    const reasonOf = async (ageSeconds: number) => {
      const signed = signPubsub({ ...account, privateKey, timestamp: now - ageSeconds });
      const result = await verifyWebhook(provider, { ...signed, receivedAt: now * 1000 });
      return result.ok || ("reason" in result && result.reason);
    };
    expect(await reasonOf(3_899)).toBe(true);
    expect(await reasonOf(3_900)).toBe("stale-timestamp");
  });

  it("the same message again → a duplicate; another, or of another subscription → another", async () => {
    const trial = trialReceiver(provider);
    const codeOf = async (body: object) => {
      await trial.post(signPubsub({ ...account, privateKey, body }));
      return trial.outcomes.at(-1)?.code;
    };
    expect(await codeOf(push("1"))).toBe("processed");
    expect(await codeOf(push("1", { deliveryAttempt: 2 }))).toBe("duplicate");
    expect(await codeOf(push("2"))).toBe("processed");
    expect(await codeOf(push("1", { subscription: "projects/p/subscriptions/other" }))).toBe("processed");
    expect(trial.persisted[0]).toMatchObject({
      event: { id: "1", type: "message", occurredAt: new Date("2026-11-01T12:00:00.123Z") },
    });
  });

  it("a payload without its wrapper → an unknown event", async () => {
    const result = await verifyWebhook(provider, signPubsub({ ...account, privateKey, body: { task: 1 } }));
    expect(result).toMatchObject({ ok: true, event: { type: "message", known: false, data: { task: 1 } } });
  });
});
