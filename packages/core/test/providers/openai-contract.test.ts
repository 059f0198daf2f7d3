import { verifyWebhook } from "@latchhook/core";
import { type OpenaiEvent, openai, openaiObject } from "@latchhook/core/providers/openai";
import { providerContract, signOpenai } from "@latchhook/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { payloadOf } from "../support/payload-of.ts";
import { standardWebhooksVectors } from "../support/signature-vectors.ts";
import { expectProcessed, trialReceiver } from "../support/trial-receiver.ts";

const secret = "whsec_RdvaYFYUXuIFuEbvZHwMfYFhUf7aMYjYcmM24+Aj40c=";
const required = ["webhook-id", "webhook-timestamp", "webhook-signature"] as const;

describe("openai", () => {
  const cases = providerContract({
    provider: (given) => openai({ secret: given }),
    secrets: [secret, "whsec_b3BlbmFpLXNlY29uZC1vZi10d28tc2VjcmV0cw=="],
    sign: signOpenai,
    requiredHeaders: required,
    listHeaders: ["webhook-signature"],
    samples: [
      sample("response.completed", "completed"),
      sample("response.failed", "failed"),
      sample("response.incomplete", "failed"),
      sample("response.cancelled", "cancelled"),
      sample("batch.completed", "completed"),
      sample("batch.expired", "expired"),
      sample("fine_tuning.job.succeeded", "completed"),
      sample("eval.run.canceled", "cancelled"),
      sample("video.completed", "completed"),
      sample("realtime.call.incoming", null),
      { ...sample("safety.alert", null), known: false },
    ],
    vectors: standardWebhooksVectors(),
  });
  for (const { name, run } of cases) it(name, run);
});

describe("openai, a secret that is text", () => {
  const cases = providerContract({
    provider: (given) => openai({ secret: given }),
    secrets: ["a secret of a test, not of OpenAI", "another secret of a test"],
    sign: signOpenai,
    requiredHeaders: required,
    listHeaders: ["webhook-signature"],
    samples: [sample("response.completed", "completed")],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("events of OpenAI", () => {
  it("have the webhook-id for an id, and the object's id as data", async () => {
    const signed = signOpenai({ secret, jobId: "resp_1", occurredAt: new Date(1_790_000_000_000) });
    expect(await verifyWebhook(openai({ secret }), signed)).toMatchObject({
      ok: true,
      event: {
        id: signed.headers["webhook-id"],
        type: "response.completed",
        data: { id: "resp_1" },
        occurredAt: new Date(1_790_000_000_000),
        job: { id: "resp_1", status: "completed", terminal: true },
      },
    });
  });

  it("are one over another body, and two under another webhook-id", async () => {
    const trial = trialReceiver(openai({ secret }));
    expectProcessed(await trial.post(signOpenai({ secret, id: "wh_1", jobId: "resp_1" })), "the first");
    const retry = await trial.post(signOpenai({ secret, id: "wh_1", jobId: "resp_1", data: { later: 1 } }));
    expect(retry.body).toBe('{"received":true,"duplicate":true}');
    expectProcessed(await trial.post(signOpenai({ secret, id: "wh_2", jobId: "resp_1" })), "another");
    expect(trial.persisted).toHaveLength(2);
  });

  it("of a known type without an id are unknown ones", async () => {
    const signed = signOpenai({ secret, data: { id: null } });
    const result = await verifyWebhook(openai({ secret }), signed);
    expect(result).toMatchObject({
      ok: true,
      event: { type: "response.completed", known: false, job: null },
    });
  });

  it("of a call have its id and its headers", async () => {
    const signed = signOpenai({ secret, type: "realtime.call.incoming", jobId: "rtc_1" });
    const result = await verifyWebhook(openai({ secret }), signed);
    if (!result.ok || result.event.type !== "realtime.call.incoming") throw new Error("not a call");
    expect(result.event.data.call_id).toBe("rtc_1");
    expect(result.event.data.sip_headers[0]?.name).toBe("From");
  });

  it("are typed by their type, and stored data parses again", () => {
    type Batch = Extract<OpenaiEvent, { type: "batch.completed" }>;
    expectTypeOf<Batch["data"]["id"]>().toEqualTypeOf<string>();
    expect(openaiObject.parse(payloadOf(signOpenai({ secret, jobId: "resp_1" })).data)).toEqual({
      id: "resp_1",
    });
  });
});

function sample(type: string, status: string | null) {
  const body = payloadOf(signOpenai({ secret, type, jobId: `job of ${type}` }));
  return {
    name: type,
    attempts: [body, { ...body, later: true }] as const,
    type,
    known: true,
    job: status === null ? null : { id: `job of ${type}`, status },
  };
}
