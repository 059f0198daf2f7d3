import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  createReceiver,
  type Delivery,
  type Job,
  type KnownEvent,
  lazyReceiver,
  type Provider,
  type Receiver,
  type Refusal,
  type UnknownEvent,
  type VerifiedWebhook,
  verifyWebhook,
  type WebhookEvent,
} from "@latchhook/core";
import {
  type AiStatsBatch,
  type AiStatsEvent,
  type AiStatsVideo,
  aiStats,
} from "@latchhook/core/providers/ai-stats";
import { type CreativeaiGeneration, creativeai } from "@latchhook/core/providers/creativeai";
import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { type VideogenEvent, videogen } from "@latchhook/core/providers/videogen";
import { memoryStore } from "@latchhook/core/stores/memory";
import { signAiStats } from "@latchhook/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import { type RowTransaction, transactionalStore } from "./support/transactional-store.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const store = memoryStore();

describe("types", () => {
  // What `expectTypeOf` says is checked by the compiler alone, which the test runner does not ask.
  it("of all tests in this folder check", () => {
    const compiler = fileURLToPath(new URL("../../../node_modules/.bin/tsc", import.meta.url));
    const project = fileURLToPath(new URL("tsconfig.json", import.meta.url));
    const { status, stdout } = spawnSync(compiler, ["-p", project], { encoding: "utf8", timeout: 100_000 });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  }, 120_000);

  it("narrow an event by its type: the example of the README", async () => {
    const saved: (readonly [string, string | null | undefined])[] = [];
    async function saveVideo(id: string, contentUrl: string | null | undefined): Promise<void> {
      saved.push([id, contentUrl]);
    }
    const receiver = createReceiver({
      provider: aiStats({ secret }),
      store,
      async persist(event, delivery) {
        expectTypeOf(delivery).toEqualTypeOf<Delivery>();
        if (event.type === "video.completed") await saveVideo(event.data.id, event.data.content_url);
      },
    });
    expectTypeOf(receiver).toEqualTypeOf<Receiver>();
    const { headers, body } = signAiStats({ secret, jobId: "video_1" });
    await receiver.handle(new Request("http://localhost/", { method: "POST", headers, body }));
    expect(saved).toEqual([["video_1", "https://api.example.com/v1/videos/video_1/content"]]);
  });

  it("give each provider its own union", () => {
    createReceiver({
      provider: aiStats({ secret }),
      store,
      persist(event) {
        expectTypeOf(event).toEqualTypeOf<AiStatsEvent>();
        expectTypeOf(event.job).toEqualTypeOf<Job | null>();
        if (event.type === "video.completed" || event.type === "video.progress") {
          expectTypeOf(event.data).toEqualTypeOf<AiStatsVideo>();
        }
        if (event.type === "batch.failed") expectTypeOf(event.data).toEqualTypeOf<AiStatsBatch>();
        if (!event.known) expectTypeOf(event.data).toEqualTypeOf<unknown>();
        if (event.known) expectTypeOf(event.data).toEqualTypeOf<AiStatsVideo | AiStatsBatch>();
      },
    });
    createReceiver({
      provider: creativeai({ secret }),
      store,
      persist(event) {
        if (event.type === "video.generation.failed") {
          expectTypeOf(event.data).toEqualTypeOf<CreativeaiGeneration>();
          expectTypeOf(event.data.error_message).toEqualTypeOf<string | null | undefined>();
        }
      },
    });
    createReceiver({
      provider: videogen({ secret }),
      store,
      persist(event) {
        expectTypeOf(event).toEqualTypeOf<VideogenEvent>();
        if (event.type === "file.playback_ready") expectTypeOf(event.data.fileId).toEqualTypeOf<string>();
        if (event.type === "tool_execution.succeeded") {
          expectTypeOf(event.data.toolExecutionId).toEqualTypeOf<string>();
        }
      },
    });
    createReceiver({
      provider: standardWebhooks({ secret }),
      store,
      persist: (event) => expectTypeOf(event.data).toEqualTypeOf<unknown>(),
    });
  });

  it("keep an unknown event from matching a literal", () => {
    expectTypeOf<"video.completed">().toExtend<AiStatsEvent["type"]>();
    expectTypeOf<"video.complete">().not.toExtend<AiStatsEvent["type"]>();
    expectTypeOf<"video.completed">().not.toExtend<UnknownEvent["type"]>();
    expectTypeOf<UnknownEvent["type"]>().toExtend<string>();
  });

  it("let one callback serve all senders", () => {
    const persist = (event: WebhookEvent): string | undefined => event.job?.status;
    for (const provider of [aiStats({ secret }), videogen({ secret }), creativeai({ secret })]) {
      expectTypeOf(provider).toExtend<Provider>();
    }
    createReceiver({ provider: aiStats({ secret }), store, persist });
    createReceiver({ provider: videogen({ secret }), store, persist });
    createReceiver({ provider: creativeai({ secret }), store, persist });
  });

  it("give data the type of the schema", () => {
    const schema = z.object({ id: z.string(), paidAt: z.coerce.date() });
    createReceiver({
      provider: standardWebhooks({ secret }),
      store,
      schema,
      persist(event) {
        expectTypeOf(event).toEqualTypeOf<KnownEvent<string, { id: string; paidAt: Date }> | UnknownEvent>();
        if (event.known) expectTypeOf(event.data.paidAt).toEqualTypeOf<Date>();
        else expectTypeOf(event.data).toEqualTypeOf<unknown>();
      },
    });
    createReceiver({
      provider: aiStats({ secret }),
      store,
      schema,
      persist(event) {
        if (event.type === "video.completed") expectTypeOf(event.data.paidAt).toEqualTypeOf<Date>();
      },
    });
  });

  it("give commit the transaction of the store, and its result", () => {
    createReceiver({
      provider: aiStats({ secret }),
      store: transactionalStore(),
      async persist(_event, { commit }) {
        const row = commit((transaction) => {
          expectTypeOf(transaction).toEqualTypeOf<RowTransaction>();
          return 7;
        });
        expectTypeOf(row).toEqualTypeOf<Promise<number>>();
        expectTypeOf(commit(async () => "text")).toEqualTypeOf<Promise<string>>();
      },
    });
    createReceiver({
      provider: aiStats({ secret }),
      store,
      async persist(_event, delivery) {
        // @ts-expect-error a store without transactions takes no work
        await delivery.commit(() => {});
      },
    });
    expectTypeOf<Delivery<never>["commit"]>().parameter(0).toBeNever();
  });

  it("let one helper take the delivery of any store", () => {
    const keyOf = (delivery: Delivery): string => delivery.key;
    createReceiver({
      provider: aiStats({ secret }),
      store: transactionalStore(),
      persist: (_event, delivery) => keyOf(delivery),
    });
    createReceiver({ provider: aiStats({ secret }), store, persist: (_event, delivery) => keyOf(delivery) });
  });

  it("let options come from a function, with the same inference", () => {
    lazyReceiver(() => ({
      provider: aiStats({ secret }),
      store,
      persist(event) {
        if (event.type === "video.completed") expectTypeOf(event.data).toEqualTypeOf<AiStatsVideo>();
      },
    }));
    const receiver = lazyReceiver(async (context: { readonly secret: string }) => ({
      provider: aiStats({ secret: context.secret }),
      store: transactionalStore(),
      async persist(event, { commit }) {
        if (event.type === "video.completed") expectTypeOf(event.data).toEqualTypeOf<AiStatsVideo>();
        await commit((transaction) => expectTypeOf(transaction).toEqualTypeOf<RowTransaction>());
      },
    }));
    expectTypeOf(receiver.receive).parameter(1).toEqualTypeOf<{ readonly secret: string }>();
  });

  it("give verifyWebhook the provider's events, or a refusal", async () => {
    const result = await verifyWebhook(aiStats({ secret }), signAiStats({ secret }));
    expectTypeOf(result).toEqualTypeOf<VerifiedWebhook<AiStatsEvent> | Refusal>();
    if (!result.ok) {
      expectTypeOf(result.kind).toEqualTypeOf<"unauthentic" | "malformed">();
      return;
    }
    if (result.event.type === "video.completed")
      expectTypeOf(result.event.data).toEqualTypeOf<AiStatsVideo>();
  });
});
