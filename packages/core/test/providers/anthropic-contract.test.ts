import { verifyWebhook } from "@latchhook/core";
import { anthropic, anthropicEvents, anthropicObject } from "@latchhook/core/providers/anthropic";
import { providerContract, signAnthropic } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { payloadOf } from "../support/payload-of.ts";
import { standardWebhooksVectors } from "../support/signature-vectors.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

describe("anthropic", () => {
  const cases = providerContract({
    provider: (given) => anthropic({ secret: given }),
    secrets: [secret, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
    sign: signAnthropic,
    requiredHeaders: ["webhook-id", "webhook-timestamp", "webhook-signature"],
    listHeaders: ["webhook-signature"],
    samples: [
      sample("deployment_run.started", "processing"),
      sample("deployment_run.succeeded", "completed"),
      sample("deployment_run.failed", "failed"),
      sample("session.status_idled", null),
      sample("session.thread_terminated", null),
      sample("vault_credential.refresh_failed", null),
      sample("external_key.failed", null),
      { ...sample("batch.ended", null), known: false },
    ],
    vectors: standardWebhooksVectors(),
  });
  for (const { name, run } of cases) it(name, run);
});

describe("events of Anthropic", () => {
  it("are named by data.type, and have the body's id", async () => {
    const occurredAt = new Date("2026-03-18T14:05:22Z");
    const signed = signAnthropic({ secret, type: "session.status_idled", objectId: "sesn_1", occurredAt });
    const { id, type, data } = payloadOf(signed);
    expect(type).toBe("event");
    const result = await verifyWebhook(anthropic({ secret }), signed);
    expect(result).toMatchObject({
      ok: true,
      event: { id, type: "session.status_idled", known: true, data: { id: "sesn_1" }, occurredAt, job: null },
    });
    expect(anthropicObject.parse(data)).toEqual(data);
  });

  it.each(Object.keys(anthropicEvents))("%s is known", async (type) => {
    const result = await verifyWebhook(anthropic({ secret }), signAnthropic({ secret, type }));
    expect(result).toMatchObject({ ok: true, event: { type, known: true } });
  });

  it("without a workspace, those of an organization, are known too", async () => {
    const signed = signAnthropic({ secret, type: "external_key.failed", data: { workspace_id: undefined } });
    expect(payloadOf(signed).data).not.toHaveProperty("workspace_id");
    expect(await verifyWebhook(anthropic({ secret }), signed)).toMatchObject({ event: { known: true } });
  });
});

function sample(type: string, status: string | null) {
  const body = payloadOf(signAnthropic({ secret, type, objectId: `object of ${type}` }));
  return {
    name: type,
    attempts: [body, { ...body, created_at: "2026-11-01T00:00:00Z" }] as const,
    type,
    known: true,
    job: status === null ? null : { id: `object of ${type}`, status },
  };
}
