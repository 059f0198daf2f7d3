import { generateKeyPairSync } from "node:crypto";
import { verifyWebhook } from "@latchhook/core";
import { ideogram } from "@latchhook/core/providers/ideogram";
import { providerContract, publishedKeys, signIdeogram } from "@latchhook/testing";
import { describe, expect, it, vi } from "vitest";
import { fetchedKeysSkips } from "../support/fetched-keys.ts";
import { trialReceiver } from "../support/trial-receiver.ts";

const newKey = () =>
  generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }) as string;
const [privateKey, otherKey] = [newKey(), newKey()] as const;
const userId = "dXNlcl8x";
const provider = ideogram({ userId, fetchKeys: publishedKeys(privateKey) });

const generation = (id: string) => ({
  generation_id: id,
  created: "2026-11-01T12:00:00Z",
  data: [
    { url: `https://example.com/${id}.png`, prompt: "a", resolution: "1x1", seed: 1, is_image_safe: true },
  ],
});
const sample = (id: string) => ({
  name: id,
  attempts: [generation(id), generation(id)] as const,
  type: "generation",
  known: true,
  job: { id, status: "completed" },
});

describe("ideogram", () => {
  const cases = providerContract({
    provider: (given) => ideogram({ userId, fetchKeys: publishedKeys(given as string) }),
    secrets: [privateKey, otherKey],
    sign: ({ secret, id, ...content }) =>
      signIdeogram({ ...content, privateKey: secret, userId, generationId: id }),
    requiredHeaders: [
      "x-ideogram-webhook-signature",
      "x-ideogram-webhook-timestamp",
      "x-ideogram-webhook-generation-id",
      "x-ideogram-webhook-user-id",
    ],
    caseInsensitiveHeaders: ["x-ideogram-webhook-signature"],
    samples: [sample("generation_1"), sample("generation_2")],
    skip: fetchedKeysSkips,
  });
  for (const { name, run } of cases) it(name, run);

  it("another account's delivery, authentic as it is → refused, and no key is fetched for it", async () => {
    const fetchKeys = vi.fn(publishedKeys(privateKey));
    const result = await verifyWebhook(
      ideogram({ userId, fetchKeys }),
      signIdeogram({ privateKey, userId: "dXNlcl8y" }),
    );
    expect(result).toMatchObject({ ok: false, reason: "wrong-audience" });
    expect(fetchKeys).not.toHaveBeenCalled();
  });

  it.each([undefined, "", []])("the account %j → says so when it is made", (account) => {
    expect(() => ideogram({ userId: account as string })).toThrow(
      /ideogram: userId is required: Ideogram signs/,
    );
  });

  it("the same generation again → a duplicate; another → another", async () => {
    const trial = trialReceiver(provider);
    const codeOf = async (generationId: string) => {
      await trial.post(signIdeogram({ privateKey, userId, generationId }));
      return trial.outcomes.at(-1)?.code;
    };
    expect([await codeOf("1"), await codeOf("1"), await codeOf("2")]).toEqual([
      "processed",
      "duplicate",
      "processed",
    ]);
    expect(trial.persisted[0]?.event).toMatchObject({
      id: "1",
      job: { id: "1", status: "completed" },
      occurredAt: new Date("2026-11-01T12:00:00Z"),
    });
  });

  it.each([
    {},
    { generation_id: "1" },
    { generation_id: 1, data: [] },
    { generation_id: "1", data: Array(1_001).fill({}) },
  ])("a body of another shape → an unknown event", async (body) => {
    const result = await verifyWebhook(
      provider,
      signIdeogram({ privateKey, userId, body, generationId: "1" }),
    );
    expect(result).toMatchObject({ ok: true, event: { type: "generation", known: false } });
  });
});
