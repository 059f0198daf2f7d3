import type { Provider } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import {
  type AiStatsMetadata,
  aiStatsEventId,
  aiStatsPayload,
  type SignAiStatsOptions,
  signAiStats,
} from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { expectProcessed, expectRefused, trialReceiver } from "../support/trial-receiver.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const duplicate = '{"received":true,"duplicate":true}';
const families = ["ai-stats", "phaseo"] as const;

const signAs = (options: Omit<SignAiStatsOptions, "secret">) => signAiStats({ secret, ...options });
const trialOf = (provider: Provider = aiStats({ secret })) => trialReceiver(provider);

describe("deliveries of AI Stats", () => {
  const types = [
    "video.completed",
    "video.progress",
    "video.status_changed",
    "video.created",
    "batch.failed",
  ];
  const versions = ["2026-04", "2026-06", "2026-08"] as const;
  const kinds = types.flatMap((type) => versions.map((version) => ({ type, version })));

  it.each(kinds)("G69 the next attempts of $type, $version → duplicates", async ({ type, version }) => {
    const trial = trialOf();
    const now = Math.floor(Date.now() / 1000);
    for (const attempt of [1, 2, 3, 4]) {
      const timestamp = now - 240 + attempt * 60;
      const data = { updated_at: new Date(timestamp * 1000).toISOString(), latency_ms: attempt };
      const answer = await trial.post(
        signAs({ type, version, attempt, createdAt: timestamp, timestamp, data }),
      );
      expect([attempt, answer.status, answer.body === duplicate]).toEqual([attempt, 200, attempt > 1]);
    }
    expect(trial.persisted).toHaveLength(1);
  });

  it.each(versions)("G70 two jobs, both video.completed, %s → two calls", async (version) => {
    const trial = trialOf();
    expectProcessed(await trial.post(signAs({ jobId: "video_1", version })), "the first job");
    expectProcessed(await trial.post(signAs({ jobId: "video_2", version })), "the second job");
    expect(trial.persisted.map(({ event }) => event.job?.id)).toEqual(["video_1", "video_2"]);
  });

  it.each(versions)(
    "G71 progress:50, progress:60, completed of one job, %s → three calls",
    async (version) => {
      const trial = trialOf();
      await trial.post(signAs({ type: "video.progress", progress: 50, version }));
      await trial.post(signAs({ type: "video.progress", progress: 60, version }));
      await trial.post(signAs({ type: "video.completed", version }));
      expect(trial.persisted.map(({ event }) => event.type)).toEqual([
        "video.progress",
        "video.progress",
        "video.completed",
      ]);
    },
  );

  it.each(versions)("G82 completed before progress, %s → both delivered", async (version) => {
    const trial = trialOf();
    await trial.post(signAs({ type: "video.completed", version }));
    await trial.post(signAs({ type: "video.progress", progress: 95, version }));
    expect(trial.persisted.map(({ event }) => [event.type, event.job?.status])).toEqual([
      ["video.completed", "completed"],
      ["video.progress", "processing"],
    ]);
  });

  it.each(families)(
    "G73 a captured delivery under 50 sets of forged x-%s metadata → 401, one call in all",
    async (headerFamily) => {
      const trial = trialOf();
      const captured = {
        headerFamily,
        body: aiStatsPayload({ jobId: "video_1" }),
        timestamp: Math.floor(Date.now() / 1000),
      };
      const forgeries = [...forgedMetadata()];
      expect(forgeries).toHaveLength(50);
      for (const [index, metadata] of forgeries.entries()) {
        if (index === 25) expectProcessed(await trial.post(signAs(captured)), "as it was captured");
        const { status, body } = await trial.post(signAs({ ...captured, metadata }));
        expect([metadata, status, body]).toEqual([metadata, 401, '{"error":"unauthentic"}']);
      }
      expect(trial.persisted).toHaveLength(1);
      expect(trial.outcomes.filter(({ reason }) => reason === "metadata-mismatch")).toHaveLength(50);
    },
  );

  it("G73 each single header forged → 401, and the store is not asked", async () => {
    const forgeries: readonly AiStatsMetadata[] = [
      { eventId: "evt_forged" },
      { eventType: "video.failed" },
      { deliveryKey: "video.failed" },
      { attempt: 2 },
      { maxAttempts: 5 },
    ];
    for (const metadata of forgeries) {
      const trial = trialOf();
      expectRefused(trial, await trial.post(signAs({ metadata })), 401, JSON.stringify(metadata));
    }
  });

  it("G74 delivery A with the metadata of a later B → 401; then B → processed", async () => {
    const trial = trialOf();
    const progress = aiStatsPayload({ type: "video.progress", jobId: "video_1" });
    const completed = aiStatsPayload({ type: "video.completed", jobId: "video_1" });
    const metadata = {
      eventId: completed.id,
      eventType: completed.type,
      deliveryKey: completed.delivery?.key,
    };
    expect((await trial.post(signAs({ body: progress, metadata }))).status).toBe(401);
    expectProcessed(await trial.post(signAs({ body: completed })), "the real one");
    expectProcessed(await trial.post(signAs({ body: progress })), "A as it was sent");
  });

  it.each(families)("G75 x-%s metadata stripped → the same result as with it", async (headerFamily) => {
    const body = aiStatsPayload({ jobId: "video_1" });
    const [whole, stripped] = [trialOf(), trialOf()];
    await whole.post(signAs({ body, headerFamily }));
    await stripped.post(signAs({ body, headerFamily, metadata: false }));
    const seen = [whole, stripped].map(({ persisted }) =>
      persisted.map(({ event, delivery: { key, attempt, maxAttempts } }) => ({
        event,
        key,
        attempt,
        maxAttempts,
      })),
    );
    expect(seen[0]).toHaveLength(1);
    expect(seen[1]).toEqual(seen[0]);
    // And one after the other: the second is the first again.
    expect((await whole.post(signAs({ body, headerFamily, metadata: false }))).body).toBe(duplicate);
  });

  it("G80 ids that collide after the cut at 160 characters → both processed", async () => {
    const trial = trialOf();
    const long = "v".repeat(200);
    const [first, second] = [aiStatsPayload({ jobId: `${long}1` }), aiStatsPayload({ jobId: `${long}2` })];
    expect(first.id).toBe(second.id);
    expect(first.id).toBe(aiStatsEventId("video", long, "video.completed"));
    expect(first.id).toHaveLength(160);
    expectProcessed(await trial.post(signAs({ body: first })), "the first");
    expectProcessed(await trial.post(signAs({ body: second })), "the second");
  });

  it.each([
    [
      "progress that is an object",
      { type: "video.progress" },
      [
        { id: "j", progress: { at: 1 } },
        { id: "j", progress: { at: 2 } },
      ],
    ],
    [
      "a status that is a list",
      { type: "video.status_changed" },
      [
        { id: "j", status: ["a"] },
        { id: "j", status: ["b"] },
      ],
    ],
    [
      "empty ids",
      { type: "video.completed", id: "", delivery: { key: "" } },
      [
        { id: "", n: 1 },
        { id: "", n: 2 },
      ],
    ],
  ])("%s tells nothing apart: two bodies → two calls", async (_what, envelope, contents) => {
    const trial = trialOf();
    for (const data of [...contents, contents[0]])
      await trial.post(signAs({ body: { ...envelope, data }, metadata: false }));
    expect(trial.persisted).toHaveLength(2);
  });

  describe("deliveries of May 2026, with neither id nor delivery key", () => {
    const early = (type: string, data: object) =>
      signAs({ body: { type, created_at: 1, data: { id: "job_1", ...data } }, metadata: false });

    it.each([
      [47, 50],
      [52.4, 50],
      [45, 50],
      [44.9, 50],
      [0, 5],
      [4, 5],
      [7, 10],
      [94, 90],
      [95.2, 95],
      [99, 95],
      [100, 95],
    ])("progress %d, whose retry carries %d → one call", async (raw, bucket) => {
      const trial = trialOf();
      expectProcessed(await trial.post(early("video.progress", { progress: raw })), "the first attempt");
      expect((await trial.post(early("video.progress", { progress: bucket }))).body).toBe(duplicate);
    });

    it("two buckets → two calls", async () => {
      const trial = trialOf();
      for (const progress of [44, 54, 55]) await trial.post(early("video.progress", { progress }));
      expect(trial.persisted).toHaveLength(3);
    });

    it("a batch's steps, told by its request_counts → a call for each, and none for a retry", async () => {
      const trial = trialOf();
      const counts = [
        { total: 20, completed: 5, failed: 0 },
        { total: 20, completed: 9, failed: 0 },
        { total: 20, completed: 9, failed: 1 },
      ];
      for (const request_counts of [...counts, ...counts]) {
        await trial.post(early("batch.progress", { request_counts, updated_at: Math.random().toString() }));
      }
      expect(trial.persisted).toHaveLength(3);
    });

    it("steps that nothing tells apart but the body → a call for each, so that none is lost", async () => {
      const trial = trialOf();
      for (const updated_at of ["1", "2"]) await trial.post(early("batch.progress", { updated_at }));
      expect(trial.persisted).toHaveLength(2);
    });
  });

  it("G81 job.* and video.* subscribers see the same video.* types", async () => {
    const trial = trialOf();
    const subscriptions = [["job.completed", "job.failed"], ["video.completed"], []];
    for (const [index, events] of subscriptions.entries()) {
      await trial.post(signAs({ jobId: `video_${index}`, data: { webhook: { events } } }));
    }
    expect(trial.persisted.map(({ event }) => [event.type, event.known])).toEqual(
      subscriptions.map(() => ["video.completed", true]),
    );
  });
});

/** Fifty sets of metadata that each contradict the delivery in something. */
function* forgedMetadata(): Generator<AiStatsMetadata> {
  for (let index = 0; index < 10; index++) {
    yield { deliveryKey: `video.completed:${index}` };
    yield { eventId: `evt_video_video_${index + 2}_video_completed` };
    yield { eventType: index % 2 ? "video.failed" : `video.progress${index}` };
    yield { attempt: index + 2 };
    yield {
      eventId: `evt_${index}`,
      eventType: "batch.failed",
      deliveryKey: `key ${index}`.replace(" ", "_"),
      attempt: 9,
    };
  }
}
