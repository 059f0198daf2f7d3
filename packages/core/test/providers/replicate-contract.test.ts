import { verifyWebhook } from "@latchhook/core";
import { replicate, replicatePrediction } from "@latchhook/core/providers/replicate";
import { providerContract, signReplicate } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { payloadOf } from "../support/payload-of.ts";
import { standardWebhooksVectors } from "../support/signature-vectors.ts";
import { expectProcessed, trialReceiver } from "../support/trial-receiver.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

describe("replicate", () => {
  const cases = providerContract({
    provider: (given) => replicate({ secret: given }),
    secrets: [secret, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
    sign: signReplicate,
    requiredHeaders: ["webhook-id", "webhook-timestamp", "webhook-signature"],
    listHeaders: ["webhook-signature"],
    samples: [
      sample("starting", "queued"),
      sample("processing", "processing"),
      sample("succeeded", "completed"),
      sample("failed", "failed"),
      sample("canceled", "cancelled"),
      sample("aborted", "expired"),
      { ...sample("paused", null), known: false },
    ],
    vectors: standardWebhooksVectors(),
  });
  for (const { name, run } of cases) it(name, run);
});

describe("events of Replicate", () => {
  it("have the whole prediction as data, and happened when it ended", async () => {
    const occurredAt = new Date("2026-11-01T10:00:00.500Z");
    const signed = signReplicate({ secret, predictionId: "p1", occurredAt });
    const result = await verifyWebhook(replicate({ secret }), signed);
    expect(result).toMatchObject({
      ok: true,
      event: { type: "succeeded", data: payloadOf(signed), occurredAt },
    });
    if (!result.ok || result.event.type !== "succeeded") throw new Error("not succeeded");
    expect(replicatePrediction.parse(result.event.data)).toEqual(payloadOf(signed));
  });

  it("of one status are several: each output and each log has an id of its own", async () => {
    const trial = trialReceiver(replicate({ secret }));
    for (const id of ["msg_1", "msg_2", "msg_1"]) {
      await trial.post(signReplicate({ secret, id, status: "processing", predictionId: "p1" }));
    }
    expect(trial.persisted.map(({ event }) => event.id)).toEqual(["msg_1", "msg_2"]);
  });

  it("an output of any kind is known: text, a list, nothing", async () => {
    for (const output of ["text", ["https://files.example.com/1"], null, { a: [1] }, 7]) {
      const signed = signReplicate({ secret, data: { output } });
      expect(await verifyWebhook(replicate({ secret }), signed)).toMatchObject({
        ok: true,
        event: { known: true },
      });
    }
  });

  it("a capture that is older than 5 minutes is refused, though Replicate's own check is not", async () => {
    const trial = trialReceiver(replicate({ secret }));
    const timestamp = Math.floor(Date.now() / 1000) - 301;
    expect((await trial.post(signReplicate({ secret, timestamp }))).status).toBe(401);
    expectProcessed(await trial.post(signReplicate({ secret })), "a fresh one");
  });
});

function sample(status: string, jobStatus: string | null) {
  const body = payloadOf(signReplicate({ secret, status, predictionId: `prediction ${status}` }));
  return {
    name: status,
    attempts: [body, { ...body, logs: "more" }] as const,
    type: status,
    known: true,
    job: jobStatus === null ? null : { id: `prediction ${status}`, status: jobStatus },
  };
}
