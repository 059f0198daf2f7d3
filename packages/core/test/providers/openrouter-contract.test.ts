import { createHmac } from "node:crypto";
import { verifyWebhook } from "@latchhook/core";
import { openrouter, openrouterVideo } from "@latchhook/core/providers/openrouter";
import { providerContract, signOpenrouter } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { payloadOf } from "../support/payload-of.ts";
import { expectProcessed, trialReceiver } from "../support/trial-receiver.ts";

const secret = "a signing secret, for OpenRouter";

describe("openrouter", () => {
  const cases = providerContract({
    provider: (given) => openrouter({ secret: given }),
    secrets: [secret, "another signing secret"],
    sign: signOpenrouter,
    requiredHeaders: ["x-openrouter-signature"],
    caseInsensitiveHeaders: ["x-openrouter-signature"],
    samples: [
      sample("completed"),
      sample("failed"),
      sample("cancelled"),
      sample("expired"),
      { ...sample("archived"), known: false, job: null },
    ],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("the signature of OpenRouter", () => {
  it("is over timestamp, comma and body: with a point between, it is refused", async () => {
    const { body } = signOpenrouter({ secret });
    const timestamp = Math.floor(Date.now() / 1000);
    for (const [delimiter, ok] of [
      [",", true],
      [".", false],
      ["", false],
    ] as const) {
      const signature = createHmac("sha256", secret)
        .update(`${timestamp}${delimiter}`)
        .update(body)
        .digest("hex");
      const headers = { "x-openrouter-signature": `t=${timestamp},v1=${signature}` };
      expect((await verifyWebhook(openrouter({ secret }), { headers, body })).ok, delimiter).toBe(ok);
    }
  });

  it.each(["first", "last"])("may be one of several, the good one %s", async (place) => {
    const signed = signOpenrouter({ secret });
    const [timestamp, good] = (signed.headers["x-openrouter-signature"] ?? "").split(",");
    const bad = `v1=${"0".repeat(64)}`;
    const fields = place === "first" ? [timestamp, good, bad] : [timestamp, bad, good];
    const headers = { ...signed.headers, "x-openrouter-signature": fields.join(",") };
    expect(await verifyWebhook(openrouter({ secret }), { ...signed, headers })).toMatchObject({ ok: true });
  });
});

describe("events of OpenRouter", () => {
  it("have the job as data, and an id of job and status", async () => {
    const occurredAt = new Date("2026-04-24T12:00:00.000Z");
    const signed = signOpenrouter({ secret, jobId: "job_1", occurredAt });
    const { data } = payloadOf(signed);
    expect(await verifyWebhook(openrouter({ secret }), signed)).toMatchObject({
      ok: true,
      event: {
        id: "job_1-completed",
        type: "video.generation.completed",
        data,
        occurredAt,
        job: { id: "job_1", status: "completed" },
      },
    });
    expect(openrouterVideo.parse(data)).toEqual(data);
  });

  it("of one job and status are one, whatever else the body says", async () => {
    const trial = trialReceiver(openrouter({ secret }));
    expectProcessed(await trial.post(signOpenrouter({ secret, jobId: "job_1" })), "the first");
    const again = await trial.post(
      signOpenrouter({ secret, jobId: "job_1", data: { usage: { cost: 0.6 } } }),
    );
    expect(again.body).toContain("duplicate");
    expectProcessed(await trial.post(signOpenrouter({ secret, jobId: "job_2" })), "another job");
  });

  it("with an idempotency key of another job are refused; without one they are not", async () => {
    const trial = trialReceiver(openrouter({ secret }));
    const forged = signOpenrouter({ secret, jobId: "job_1", idempotencyKey: "job_2-completed" });
    expect((await trial.post(forged)).status).toBe(401);
    expect(trial.outcomes).toMatchObject([{ reason: "metadata-mismatch" }]);
    expectProcessed(
      await trial.post(signOpenrouter({ secret, jobId: "job_1", idempotencyKey: false })),
      "none",
    );
  });

  it("without an id are told apart by their bodies", async () => {
    const trial = trialReceiver(openrouter({ secret }));
    const occurredAt = new Date();
    for (const error of ["a", "b", "a"]) {
      await trial.post(signOpenrouter({ secret, status: "failed", occurredAt, data: { id: null, error } }));
    }
    expect(trial.persisted.map(({ event }) => event.known)).toEqual([false, false]);
  });

  it("whose model is not known yet are known", async () => {
    const signed = signOpenrouter({ secret, status: "failed", data: { model: null, generation_id: null } });
    expect(await verifyWebhook(openrouter({ secret }), signed)).toMatchObject({ event: { known: true } });
  });
});

function sample(status: string) {
  const body = payloadOf(signOpenrouter({ secret, status, jobId: `job ${status}` }));
  return {
    name: status,
    attempts: [body, { ...body, created_at: "2026-11-01T00:00:00.000Z" }] as const,
    type: `video.generation.${status}`,
    known: true,
    job: { id: `job ${status}`, status },
  };
}
