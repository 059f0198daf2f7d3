import { createReceiver, type Provider } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { videogen } from "@latchhook/core/providers/videogen";
import { memoryStore } from "@latchhook/core/stores/memory";
import {
  type SignAiStatsOptions,
  signAiStats,
  signCreativeai,
  signStandardWebhooks,
  signVideogen,
} from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { expectProcessed, expectRefused, post, trialReceiver } from "../support/trial-receiver.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const duplicate = '{"received":true,"duplicate":true}';

const signAs = (options: Omit<SignAiStatsOptions, "secret">) => signAiStats({ secret, ...options });
const trialOf = (provider: Provider = aiStats({ secret })) => trialReceiver(provider);

describe("identities side by side", () => {
  it("G72 CreativeAI failed, then completed → two calls", async () => {
    const trial = trialOf(creativeai({ secret }));
    for (const status of ["failed", "completed", "failed", "completed"] as const) {
      await trial.post(signCreativeai({ secret, generationId: "gen_1", status }));
    }
    expect(trial.persisted.map(({ event }) => [event.type, event.job?.status])).toEqual([
      ["video.generation.failed", "failed"],
      ["video.generation.completed", "completed"],
    ]);
  });

  it.each([
    ["two kinds of object under one id", { object: "video.generation" }, { object: "voice.generation" }],
    [
      "two steps of one job that has not ended",
      { status: "processing", progress: 10 },
      { status: "processing", progress: 20 },
    ],
  ])("CreativeAI: %s → two calls", async (_what, first, second) => {
    const trial = trialOf(creativeai({ secret }));
    for (const content of [first, second, first]) {
      const body = { id: "gen_1", object: "voice", status: "completed", ...content };
      await trial.post(signCreativeai({ secret, body, metadata: false }));
    }
    expect(trial.persisted).toHaveLength(2);
  });

  it("ids that are numbers beyond 2^53, which JSON.parse makes one of → two calls", async () => {
    const trial = trialOf(creativeai({ secret }));
    for (const id of ["9007199254740992", "9007199254740993"]) {
      const body = `{"id":${id},"object":"video.generation","status":"completed"}`;
      await trial.post(signCreativeai({ secret, body, metadata: false }));
    }
    expect(trial.persisted).toHaveLength(2);
  });

  it("CreativeAI's delivery id must be the signed one; its event name may be either", async () => {
    const refused = [
      { deliveryId: "gen_other" },
      { event: "video.generation.started" },
      { event: "voice.completed" },
    ];
    for (const metadata of refused) {
      const trial = trialOf(creativeai({ secret }));
      expectRefused(
        trial,
        await trial.post(signCreativeai({ secret, metadata })),
        401,
        JSON.stringify(metadata),
      );
    }
    for (const metadata of [false, { event: "video.generation.failed" }, {}] as const) {
      const trial = trialOf(creativeai({ secret }));
      expectProcessed(await trial.post(signCreativeai({ secret, status: "failed", metadata })), "either");
    }
  });

  it("VideoGen: of what can come again, one webhook-id is one delivery, whatever is signed under it", async () => {
    const trial = trialOf(videogen({ secret }));
    await trial.post(signVideogen({ secret, id: "msg_1", event: "file.analysis_failed" }));
    expect(
      (await trial.post(signVideogen({ secret, id: "msg_1", event: "file.analysis_completed" }))).body,
    ).toBe(duplicate);
    expectProcessed(
      await trial.post(signVideogen({ secret, id: "msg_2", event: "file.analysis_failed" })),
      "another",
    );
  });

  it("G79 equal identities from two providers are independent", async () => {
    const store = memoryStore();
    const request = signStandardWebhooks({
      secret,
      id: "msg_1",
      body: { event: "file.playback_ready", fileId: "f" },
    });
    const trials = [videogen({ secret }), standardWebhooks({ secret })].map((provider) =>
      trialReceiver(provider, { store }),
    );
    for (const trial of trials) expectProcessed(await trial.post(request), "each provider");
    const [one, other] = trials.map(({ persisted }) => persisted[0]?.delivery.key);
    expect(one).not.toBe(other);
  });

  it("G79 equal identities in two scopes are independent", async () => {
    const store = memoryStore();
    const request = signAs({});
    const receivers = [undefined, "", "tenant-1", "tenant-2"].map((scope) =>
      trialReceiver(aiStats({ secret }), { store, scope }),
    );
    const bodies = [];
    for (const trial of receivers) bodies.push((await trial.post(request)).body === duplicate);
    // Left out and empty are one scope.
    expect(bodies).toEqual([false, true, false, false]);
  });

  it("two receivers of one provider over one store share what was received", async () => {
    const store = memoryStore();
    const calls: string[] = [];
    const receivers = ["one", "two"].map((name) =>
      createReceiver({ provider: aiStats({ secret }), store, persist: () => calls.push(name) }),
    );
    for (const receiver of receivers) await post(receiver, signAs({}));
    expect(calls).toEqual(["one"]);
  });
});
