import { verifyWebhook } from "@latchhook/core";
import { cloudflareStream } from "@latchhook/core/providers/cloudflare-stream";
import { providerContract, signCloudflareStream, signStandardWebhooks } from "@latchhook/testing";
import { describe, expect, it } from "vitest";

const secret = "85011ed3a913c6ad5f9cf6c5573cc0a7";

describe("cloudflareStream", () => {
  const cases = providerContract({
    provider: (given) => cloudflareStream({ secret: given }),
    secrets: [secret, "0a7cc3755c6fc9f5da6c319a3de11058"],
    sign: signCloudflareStream,
    requiredHeaders: ["webhook-signature"],
    caseInsensitiveHeaders: ["webhook-signature"],
    samples: [
      sample("ready", { pctComplete: "39.000000" }, "completed"),
      sample("ready", { pctComplete: "100.000000" }, "completed"),
      sample("error", { errReasonCode: "ERR_MALFORMED_VIDEO" }, "failed"),
      { ...sample("inprogress", {}, "processing"), known: false },
      { ...sample("queued", {}, "queued"), known: false },
      { ...sample("live-inprogress", {}), known: false },
      {
        ...sample("ready", {}),
        name: "without an id",
        known: false,
        attempts: twice({ status: { state: "ready" } }),
      },
    ],
  });
  for (const { name, run } of cases) it(name, run);

  it("the video is the data, and its last change the time", async () => {
    const [body] = sample("ready", { pctComplete: "100" }, "completed").attempts;
    const result = await verifyWebhook(cloudflareStream({ secret }), signCloudflareStream({ secret, body }));
    expect(result).toMatchObject({
      ok: true,
      event: { data: body, occurredAt: new Date("2026-11-01T10:00:00.123Z") },
    });
    expect(result.ok && result.event.id === result.key).toBe(true);
  });

  it("the header of the same name that Standard Webhooks has → refused", async () => {
    const signed = signStandardWebhooks({ secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", body: {} });
    expect(await verifyWebhook(cloudflareStream({ secret }), signed)).toEqual({
      ok: false,
      kind: "unauthentic",
      reason: "malformed-signature",
    });
  });
});

/** What a user has changed meanwhile makes no other delivery of it. */
function sample(state: string, status: object, job?: string) {
  const uid = "6b9e68b07dfee8cc2d116e4c51d6a957";
  const body = {
    uid,
    status: { state, ...status },
    modified: "2026-11-01T10:00:00.123456Z",
    meta: { name: "one" },
  };
  return {
    name: `${state} ${JSON.stringify(status)}`,
    attempts: [body, { ...body, meta: { name: "other" } }] as const,
    type: state,
    known: true,
    job: job === undefined ? null : { id: uid, status: job },
  };
}

function twice<Body extends object>(body: Body) {
  return [body, body] as const;
}
