import { createReceiver, type Provider, verifyWebhook, type WebhookEvent } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { videogen } from "@latchhook/core/providers/videogen";
import { memoryStore } from "@latchhook/core/stores/memory";
import { aiStatsJobs, creativeaiJobs, type GetOptions, type JobSource, videogenJobs } from "@latchhook/jobs";
import { type SignedWebhook, signAiStats, signCreativeai, signVideogen } from "@latchhook/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** A kind of job: how its status call answers, and what the webhook of its end is. */
interface Kind {
  readonly name: string;
  readonly source: (options: { apiKey: string; fetch: typeof fetch }) => JobSource;
  readonly provider: Provider<WebhookEvent>;
  readonly place?: GetOptions;
  /** The sender's words for an end. */
  readonly ends: readonly string[];
  /** The members that name the job and its state in an answer. */
  answer(id: string, end: string): Record<string, unknown>;
  webhook(id: string, end: string): SignedWebhook;
  /** Members that real answers have, and others that deliveries have. */
  readonly members: readonly string[];
}

const aiStatsMembers = [
  ...[
    "request_id",
    "generation_id",
    "native_id",
    "native_video_id",
    "seconds",
    "duration_seconds",
    "created_at",
  ],
  ...[
    "updated_at",
    "completed_at",
    "expires_at",
    "progress",
    "provider",
    "model",
    "resolution",
    "size",
    "quality",
  ],
  ...[
    "polling_url",
    "content_url",
    "download_url",
    "upstream_error",
    "error",
    "request_counts",
    "billing",
    "webhook",
  ],
  ...["lifecycle_status", "kind", "object", "type", "delivery", "pricing_lines", "failure_sample", "errors"],
];

const aiStatsKind = (kind: "video" | "batch"): Kind => ({
  name: `AI Stats, ${kind}`,
  source: aiStatsJobs,
  provider: aiStats({ secret }),
  place: { kind },
  ends: ["completed", "failed", "cancelled", "expired"],
  answer: (id, status) => ({ id, status }),
  webhook: (jobId, status) => signAiStats({ secret, type: `${kind}.${status}`, jobId }),
  members: aiStatsMembers,
});

const videogenKind = (kind: string, idName: string): Kind => ({
  name: `VideoGen, ${kind}`,
  source: videogenJobs,
  provider: videogen({ secret }),
  place: { kind, projectId: "vg_proj_1" },
  ends: kind === "file" ? ["succeeded", "failed"] : ["succeeded", "failed", "cancelled"],
  answer: (id, status) => ({ [idName]: id, status }),
  webhook: (jobId, status) => {
    const upload = status === "succeeded" ? "file.upload.completed" : "file.upload.failed";
    return signVideogen({ secret, jobId, event: kind === "file" ? upload : `${kind}.${status}` });
  },
  members: [
    ...["toolType", "results", "result", "error", "workflowType", "projectId", "projectUrl", "exportFileId"],
    ...[
      "message",
      "content",
      "file",
      "event",
      "occurredAt",
      "completedAt",
      "progressPercentage",
      "downloadUrl",
    ],
  ],
});

const kinds: readonly Kind[] = [
  aiStatsKind("video"),
  aiStatsKind("batch"),
  {
    name: "CreativeAI",
    source: creativeaiJobs,
    provider: creativeai({ secret }),
    ends: ["completed", "failed"],
    answer: (id, status) => ({ id, status }),
    webhook: (generationId, status) =>
      signCreativeai({ secret, generationId, status: status as "completed" | "failed" }),
    members: [
      ...["model", "model_actual", "prompt", "output_url", "error_message", "credits", "failover_used"],
      ...["completed_at", "object", "progress"],
    ],
  },
  videogenKind("tool_execution", "executionId"),
  videogenKind("workflow_run", "workflowRunId"),
  videogenKind("project_export", "exportId"),
  videogenKind("assistant_message", "messageId"),
  videogenKind("file", "fileId"),
];

/** What the reconciler would deliver for this answer, as the provider reads it. */
async function deliveryOf(
  { source, place }: Kind,
  id: string,
  answer: string,
): Promise<{ readonly body: Uint8Array; readonly judgedAt: number | undefined }> {
  const jobs = source({ apiKey: "key", fetch: async () => new Response(answer) });
  const result = await jobs.get?.(id, place);
  if (result?.ok !== true) throw new Error(JSON.stringify(result));
  const body = jobs.toDeliveryBody?.(result.job);
  if (body === undefined) throw new Error("The job has not ended.");
  return { body, judgedAt: jobs.endedAt?.(result.job)?.getTime() };
}

async function read({ provider }: Kind, body: Uint8Array, receivedAt?: number) {
  const receiver = createReceiver({ provider, store: memoryStore(), persist() {} });
  const trusted = await receiver.trust({ body, source: "reconcile", receivedAt });
  if (!trusted.ok) throw new Error(`${trusted.kind}: ${trusted.reason}`);
  return trusted;
}

/** Any value that a JSON answer can hold, those that senders really send more often. */
const anyValue = fc.oneof(
  fc.constantFrom<unknown>(
    "8",
    8,
    1_790_000_000,
    "1790000000",
    "2026-08-01T00:00:00Z",
    null,
    true,
    "",
    [],
    {},
  ),
  fc.constantFrom<unknown>(
    [{ fileId: 7 }, 7],
    { message: 7, code: {} },
    { total: "20", completed: null },
    1e300,
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

const anyId = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 40 }),
    fc.constantFrom("job::1", "v".repeat(300), "ä/ö é", "__proto__"),
  )
  .filter((id) => !id.split(/[\\/]/).some((part) => part === "." || part === ".."));

describe.each(kinds)("$name", (kind) => {
  test("whatever an answer holds, its delivery is a known event with the webhook's own key", async () => {
    const anyAnswer = fc.dictionary(fc.oneof(fc.constantFrom(...kind.members), fc.string()), anyValue, {
      maxKeys: 12,
    });
    await fc.assert(
      fc.asyncProperty(anyId, fc.constantFrom(...kind.ends), anyAnswer, async (id, end, rest) => {
        const delivery = await deliveryOf(kind, id, JSON.stringify({ ...rest, ...kind.answer(id, end) }));
        const made = await read(kind, delivery.body, delivery.judgedAt);
        const real = await verifyWebhook(kind.provider, kind.webhook(id, end));
        if (!real.ok) throw new Error(real.reason);
        expect(made.event.known).toBe(true);
        expect([made.key, made.event.type, made.event.job]).toEqual([
          real.key,
          real.event.type,
          real.event.job,
        ]);
      }),
      { numRuns: 150 },
    );
  });

  test("an answer nested as deep as its size allows ends nothing", async () => {
    const [end = ""] = kind.ends;
    const deep = `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`;
    const members = kind.members.map((name) => `${JSON.stringify(name)}:${deep}`).join(",");
    const answer = `{${members},${JSON.stringify(kind.answer("j1", end)).slice(1)}`;
    const { body } = await deliveryOf(kind, "j1", answer);
    expect((await read(kind, body)).event.known).toBe(true);
  });
});

describe("the answers of OpenAI's models", () => {
  const answer = {
    ...{ id: "job::1", object: "video", status: "completed", model: "openai/sora-2", provider: "openai" },
    ...{ seconds: "8", size: "1280x720", created_at: 1_790_000_000, completed_at: 1_790_000_090 },
    ...{
      expires_at: 1_790_003_600,
      download_url: "https://x.example/d",
      progress: "100",
      billing: { currency: "usd" },
    },
  };

  test("become the types that deliveries have", async () => {
    const { body } = await deliveryOf(aiStatsKind("video"), "job::1", JSON.stringify(answer));
    expect(JSON.parse(new TextDecoder().decode(body))).toEqual({
      id: "evt_video_job_1_video_completed",
      type: "video.completed",
      created_at: expect.any(Number),
      delivery: { key: "video.completed" },
      data: {
        ...{
          id: "job::1",
          object: "video",
          kind: "video",
          status: "completed",
          lifecycle_status: "completed",
        },
        ...{
          model: "openai/sora-2",
          provider: "openai",
          progress: 100,
          duration_seconds: 8,
          resolution: "1280x720",
        },
        ...{ created_at: "2026-09-21T14:13:20.000Z", finalized_at: "2026-09-21T14:14:50.000Z" },
        ...{ expires_at: 1_790_003_600, download_url: "https://x.example/d", billing: { currency: "usd" } },
        upstream_error: null,
      },
    });
  });

  test("whose times are ISO texts keep the instant, and expires_at becomes Unix seconds", async () => {
    const times = { created_at: "2026-09-21T14:13:20Z", expires_at: "2026-09-21T15:13:20Z" };
    const { body } = await deliveryOf(
      aiStatsKind("video"),
      "job::1",
      JSON.stringify({ ...answer, ...times }),
    );
    expect(JSON.parse(new TextDecoder().decode(body)).data).toMatchObject({
      created_at: "2026-09-21T14:13:20.000Z",
      expires_at: 1_790_003_600,
    });
  });

  test.each([
    ["seconds", "eight"],
    ["seconds", {}],
    ["created_at", "yesterday"],
    ["created_at", 1e300],
    ["expires_at", []],
    ["model", 7],
    ["download_url", false],
    ["billing", "usd"],
  ])("leave out %s where it is %j", async (name, value) => {
    const { body } = await deliveryOf(
      aiStatsKind("video"),
      "job::1",
      JSON.stringify({ ...answer, [name]: value }),
    );
    const { data } = JSON.parse(new TextDecoder().decode(body));
    expect(data).not.toHaveProperty(name === "seconds" ? "duration_seconds" : name);
  });
});

test("a failure says why, as the webhook does", async () => {
  const told = async (kind: Kind, answer: object) =>
    JSON.parse(
      new TextDecoder().decode(
        (await deliveryOf(kind, "j1", JSON.stringify({ status: "failed", ...answer }))).body,
      ),
    );
  const video = await told(aiStatsKind("video"), { id: "j1", error: { code: "moderation", message: "No." } });
  expect(video.data.upstream_error).toEqual({ code: "moderation", message: "No." });
  const plain = await told(aiStatsKind("video"), { id: "j1", error: "No." });
  expect(plain.data.upstream_error).toEqual({ message: "No." });
  const tool = await told(videogenKind("tool_execution", "executionId"), {
    ...{ executionId: "j1", toolType: "GENERATE_IMAGE" },
    error: { message: "No.", code: "x", requirement: { type: "upgrade_plan" } },
  });
  expect(tool).toEqual({
    ...{ event: "tool_execution.failed", toolExecutionId: "j1", toolType: "GENERATE_IMAGE" },
    error: { message: "No.", code: "x", requirement: { type: "upgrade_plan" } },
  });
});
