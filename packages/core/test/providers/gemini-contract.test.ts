import { verifyWebhook } from "@latchhook/core";
import { gemini, geminiOperation } from "@latchhook/core/providers/gemini";
import { providerContract, signGemini } from "@latchhook/testing";
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { payloadOf } from "../support/payload-of.ts";
import { standardWebhooksVectors } from "../support/signature-vectors.ts";
import { trialReceiver } from "../support/trial-receiver.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

describe("gemini", () => {
  const cases = providerContract({
    provider: (given) => gemini({ secret: given }),
    secrets: [secret, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
    sign: signGemini,
    requiredHeaders: ["webhook-id", "webhook-timestamp", "webhook-signature"],
    listHeaders: ["webhook-signature"],
    samples: [
      sample("batch.succeeded", "completed"),
      sample("batch.failed", "failed"),
      sample("batch.cancelled", "cancelled"),
      sample("batch.expired", "expired"),
      sample("interaction.requires_action", "processing"),
      sample("interaction.completed", "completed"),
      sample("interaction.failed", "failed"),
      sample("interaction.cancelled", "cancelled"),
      sample("video.generated", "completed"),
      { ...sample("webhook.ping", null), known: false },
    ],
    vectors: standardWebhooksVectors(),
  });
  for (const { name, run } of cases) it(name, run);
});

describe("events of Gemini", () => {
  it("have the operation as data, and happened at the body's timestamp", async () => {
    const occurredAt = new Date("2026-01-22T12:00:00Z");
    const signed = signGemini({ secret, jobId: "batch_1", occurredAt });
    const result = await verifyWebhook(gemini({ secret }), signed);
    const { data } = payloadOf(signed);
    expect(result).toMatchObject({ ok: true, event: { type: "batch.succeeded", data, occurredAt } });
    expect(geminiOperation.parse(data)).toEqual(data);
  });

  it("of a dynamic webhook, signed by a token, are refused", async () => {
    const trial = trialReceiver(gemini({ secret }));
    const signed = signGemini({ secret });
    const token = await new SignJWT({ webhook: "dynamic" })
      .setProtectedHeader({ alg: "HS256" })
      .sign(Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64"));
    const headers = { ...signed.headers, "webhook-signature": token };
    expect((await trial.post({ ...signed, headers })).status).toBe(401);
    expect(trial.outcomes).toMatchObject([{ reason: "unsupported-signature-version" }]);
    expect(trial.storeCalls).toEqual([]);
  });

  it("during a rotation are signed twice: either secret is enough", async () => {
    const other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const signed = signGemini({ secret: [other, secret] });
    for (const known of [secret, other]) {
      expect(await verifyWebhook(gemini({ secret: known }), signed)).toMatchObject({ ok: true });
    }
  });
});

function sample(type: string, status: string | null) {
  const body = payloadOf(signGemini({ secret, type, jobId: `operation of ${type}` }));
  return {
    name: type,
    attempts: [body, { ...body, timestamp: "2026-11-01T00:00:00Z" }] as const,
    type,
    known: true,
    job: status === null ? null : { id: `operation of ${type}`, status },
  };
}
