import { LatchhookError, verifyWebhook } from "@latchhook/core";
import { recall, recallEvents, recallStatus } from "@latchhook/core/providers/recall";
import { providerContract, signRecall } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { payloadOf } from "../support/payload-of.ts";
import { standardWebhooksVectors } from "../support/signature-vectors.ts";
import { trialReceiver } from "../support/trial-receiver.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

for (const headerPrefix of ["webhook", "svix"] as const) {
  describe(`recall, ${headerPrefix}- headers`, () => {
    const cases = providerContract({
      provider: (given) => recall({ secret: given, headerPrefix }),
      secrets: [secret, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
      sign: (content) => signRecall({ ...content, headerPrefix }),
      requiredHeaders: [`${headerPrefix}-id`, `${headerPrefix}-timestamp`, `${headerPrefix}-signature`],
      listHeaders: [`${headerPrefix}-signature`],
      samples: [
        sample("bot.joining_call", "processing"),
        sample("bot.call_ended", "processing"),
        sample("bot.done", "completed"),
        sample("bot.fatal", "failed"),
        sample("recording.processing", "processing"),
        sample("recording.done", "completed"),
        sample("transcript.failed", "failed"),
        sample("video_mixed.done", "completed"),
        sample("recording.deleted", null),
        sample("participant_events.join", null),
        sample("transcript.data", null),
        { ...sample("calendar.update", null), known: false },
      ],
      vectors: standardWebhooksVectors(headerPrefix),
    });
    for (const { name, run } of cases) it(name, run);
  });
}

describe("events of Recall.ai", () => {
  it("have the body's data, and the job that the type names", async () => {
    const occurredAt = new Date("2026-11-01T10:00:00Z");
    const signed = signRecall({ secret, event: "transcript.done", objectId: "transcript_1", occurredAt });
    const { data } = payloadOf(signed);
    expect(await verifyWebhook(recall({ secret }), signed)).toMatchObject({
      ok: true,
      event: { type: "transcript.done", data, occurredAt, job: { id: "transcript_1", status: "completed" } },
    });
    expect(recallStatus.parse(data)).toEqual(data);
  });

  it.each(Object.keys(recallEvents))("%s is known", async (event) => {
    const result = await verifyWebhook(recall({ secret }), signRecall({ secret, event }));
    expect(result).toMatchObject({ ok: true, event: { type: event, known: true } });
  });

  it("under the other header names are refused, each way", async () => {
    const older = trialReceiver(recall({ secret, headerPrefix: "svix" }));
    expect((await older.post(signRecall({ secret }))).status).toBe(401);
    const newer = trialReceiver(recall({ secret }));
    expect((await newer.post(signRecall({ secret, headerPrefix: "svix" }))).status).toBe(401);
  });

  it("header names that are none of both are refused when the provider is made", () => {
    expect(() => recall({ secret, headerPrefix: "x" as "svix" })).toThrow(LatchhookError);
    expect(() => recall({ secret, headerPrefix: "x" as "svix" })).toThrow(/recall: headerPrefix must be/);
  });
});

function sample(event: string, status: string | null) {
  const body = payloadOf(signRecall({ secret, event, objectId: `object of ${event}` }));
  return {
    name: event,
    attempts: [body, { ...body, later: 1 }] as const,
    type: event,
    known: true,
    job: status === null ? null : { id: `object of ${event}`, status },
  };
}
