import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { videogen } from "@latchhook/core/providers/videogen";
import { signAiStats, signCreativeai, signStandardWebhooks, signVideogen } from "@latchhook/testing";
import { sign as signOctokit, verify as verifyOctokit } from "@octokit/webhooks-methods";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { signatureVectors } from "./support/signature-vectors.ts";

const anyBody = fc.string({ unit: "binary", maxLength: 500 });
const bodyOfJson = fc.jsonValue().map((value) => JSON.stringify({ value }));
const timestamp = 1_790_000_000;
const receivedAt = timestamp * 1000;
const utf8 = (text: string) => new TextEncoder().encode(text);

/** What these libraries sign must verify here; they share no code with core, nor with the sign helpers. */
describe("independent signers", () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  it("standardwebhooks: what it signs verifies, and the helper signs the same", async () => {
    const webhook = new Webhook(secret);
    const property = fc.asyncProperty(bodyOfJson, fc.uuid(), async (body, id) => {
      const signature = webhook.sign(id, new Date(receivedAt), body);
      const headers = {
        "webhook-id": id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": signature,
      };
      for (const provider of [standardWebhooks({ secret }), videogen({ secret })]) {
        expect(await provider.verify({ headers, body: utf8(body), receivedAt })).toEqual({
          ok: true,
          secretIndex: 0,
        });
      }
      expect(signVideogen({ secret, body, id, timestamp }).headers).toMatchObject(headers);
    });
    await fc.assert(property);
  });

  it("standardwebhooks verifies what the helper signs", () => {
    const { headers, body } = signStandardWebhooks({ secret, body: { type: "invoice.paid" } });
    expect(new Webhook(secret).verify(Buffer.from(body), headers)).toEqual({ type: "invoice.paid" });
  });

  it("stripe: the same construction as AI Stats", async () => {
    const provider = aiStats({ secret });
    const property = fc.asyncProperty(anyBody, async (payload) => {
      const header = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
      const signature = /v1=([0-9a-f]{64})/.exec(header)?.[1] ?? "";
      const headers = { "x-ai-stats-timestamp": String(timestamp), "x-ai-stats-signature": signature };
      const request = { headers, body: utf8(payload), receivedAt };
      expect(await provider.verify(request)).toEqual({ ok: true, secretIndex: 0 });
      expect(signAiStats({ secret, body: payload, timestamp }).headers).toMatchObject(headers);
    });
    await fc.assert(property);
  });

  it("@octokit/webhooks-methods: the same construction as CreativeAI", async () => {
    const provider = creativeai({ secret: "ck_live_key" });
    const property = fc.asyncProperty(
      anyBody.filter((body) => body !== ""),
      async (payload) => {
        const signature = await signOctokit("ck_live_key", payload);
        const headers = { "x-creativeai-signature": signature };
        expect(await provider.verify({ headers, body: utf8(payload) })).toEqual({ ok: true, secretIndex: 0 });
        const signed = signCreativeai({ secret: "ck_live_key", body: payload });
        expect(signed.headers["x-creativeai-signature"]).toBe(signature);
        expect(await verifyOctokit("ck_live_key", payload, signature)).toBe(true);
      },
    );
    await fc.assert(property);
  });
});

describe("published vectors", () => {
  it.each(signatureVectors["ai-stats"])(
    "AI Stats signs $body with $signature",
    ({ secret, body, ...signed }) => {
      const { headers } = signAiStats({ secret, body, timestamp: signed.timestamp, headerFamily: "phaseo" });
      expect(headers["x-phaseo-signature"]).toBe(signed.signature);
    },
  );

  it.each(signatureVectors["standard-webhooks-v1"])("Standard Webhooks v1, $source", (vector) => {
    const { headers } = signStandardWebhooks(vector);
    expect(headers["webhook-signature"]).toBe(vector.signature);
  });

  it.each(signatureVectors["sha256-of-body"])(
    "sha256 of the body, $source",
    ({ secret, body, signature }) => {
      expect(signCreativeai({ secret, body }).headers["x-creativeai-signature"]).toBe(signature);
    },
  );
});
