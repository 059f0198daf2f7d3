import { type KnownEvent, type Provider, type UnknownEvent, verifyWebhook } from "@latchhook/core";
import { type MuxEvent, mux } from "@latchhook/core/providers/mux";
import { providerContract, signMux } from "@latchhook/testing";
import { describe, expect, expectTypeOf, it } from "vitest";

const secret = "SuperSecret123";

describe("mux", () => {
  const cases = providerContract({
    provider: (given) => mux({ secret: given }),
    secrets: [secret, "another-secret-of-a-webhook"],
    sign: signMux,
    requiredHeaders: ["mux-signature"],
    caseInsensitiveHeaders: ["mux-signature"],
    samples: [
      sample("video.asset.created", "processing"),
      sample("video.asset.ready", "completed"),
      sample("video.asset.errored", "failed"),
      sample("video.upload.created", "queued"),
      sample("video.upload.asset_created", "completed"),
      sample("video.upload.cancelled", "cancelled"),
      sample("video.asset.track.ready", "completed"),
      sample("video.asset.static_rendition.errored", "failed"),
      sample("robots.job.summarize.pending", "queued"),
      sample("robots.job.summarize.processing", "processing"),
      sample("robots.job.summarize.cancelled", "cancelled"),
      sample("robots.directive_run.completed", "completed"),
      sample("video.asset.deleted"),
      sample("video.asset.static_renditions.ready"),
      sample("video.live_stream.created"),
    ],
    vectors: [
      vector(
        '{"test":"body"}',
        "t=1565125718,v1=854ece4c22acef7c66b57d4e504153bc512595e8e9c772ece2a68150548c19a7",
      ),
      vector(
        '{"test":{"nested":{"nanos":718234, "seconds":1691711005}}}',
        "t=1565125718,v1=bd315c24bce1c2b8ad325696f26530c8ef7d7d830afb7c1381903705d04607be",
      ),
      vector(
        '{"test":"body"}',
        "t=1565125718,v2=854ece4c22acef7c66b57d4e504153bc512595e8e9c772ece2a68150548c19a7,v1=854ece4c22acef7c66b57d4e504153bc512595e8e9c772ece2a68150548c19a7",
      ),
    ],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("events of Mux", () => {
  it("have the whole body, the sender's id and the time of their creation", async () => {
    const [body] = sample("video.asset.ready").attempts;
    expect(await verifyWebhook(mux({ secret }), signMux({ secret, body }))).toMatchObject({
      ok: true,
      event: { id: "event of video.asset.ready", occurredAt: new Date("2026-11-01T10:00:00Z"), data: body },
    });
  });

  it("the job of a robot is named by the envelope", async () => {
    const type = "robots.job.summarize.completed";
    const body = {
      id: "e",
      type,
      object: { type: "job", id: "rjob_1" },
      data: { [type]: { status: "completed" } },
    };
    expect(await verifyWebhook(mux({ secret }), signMux({ secret, body }))).toMatchObject({
      event: { job: { id: "rjob_1", status: "completed" } },
    });
  });

  it("without data, or without an id, are unknown ones", async () => {
    for (const body of [
      { id: "e", type: "video.asset.ready" },
      { type: "video.asset.ready", data: {} },
    ]) {
      const result = await verifyWebhook(mux({ secret }), signMux({ secret, body }));
      expect(result).toMatchObject({
        ok: true,
        event: { known: false, type: "video.asset.ready", job: null },
      });
    }
  });

  it("take their types from a union", () => {
    type Ready = { readonly type: "video.asset.ready"; readonly data: { readonly duration: number } };
    expectTypeOf(mux<Ready>({ secret })).toEqualTypeOf<Provider<MuxEvent<Ready>>>();
    expectTypeOf<MuxEvent<Ready>>().toEqualTypeOf<KnownEvent<"video.asset.ready", Ready> | UnknownEvent>();
  });
});

function sample(type: string, status?: string) {
  const jobId = `job of ${type}`;
  const body = {
    id: `event of ${type}`,
    type,
    created_at: "2026-11-01T10:00:00.000000Z",
    object: { type: "asset", id: "the asset" },
    data: { id: jobId, status: "ready" },
    attempts: [] as object[],
  };
  const retry = { ...body, attempts: [{ id: "a1", response_status_code: 500 }] };
  const job = status === undefined ? null : { id: jobId, status };
  return { name: type, attempts: [body, retry] as const, type, known: true, job };
}

function vector(body: string, signature: string) {
  return {
    name: `of Mux's SDK, ${signature.slice(13, 20)}… over ${body}`,
    secret,
    headers: { "mux-signature": signature },
    body,
    receivedAt: 1_565_125_718_000,
  };
}
