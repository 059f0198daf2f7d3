import { generateKeyPairSync } from "node:crypto";
import { verifyWebhook } from "@latchhook/core";
import { type AiStatsEvent, aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { videogen } from "@latchhook/core/providers/videogen";
import {
  aiStatsEventId,
  aiStatsPayload,
  creativeaiPayload,
  signAiStats,
  signCreativeai,
  signStandardWebhooks,
  signVideogen,
  toRequest,
  videogenPayload,
} from "@latchhook/testing";
import { describe, expect, it } from "vitest";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const textOf = (body: Uint8Array) => new TextDecoder().decode(body);

describe("signAiStats", () => {
  it.each(["ai-stats", "phaseo"] as const)(
    "sends the seven x-%s headers, five of them as the body says",
    (headerFamily) => {
      const { method, headers, body } = signAiStats({
        secret,
        headerFamily,
        jobId: "video_1",
        type: "video.progress",
        progress: 60,
        attempt: 2,
        timestamp: 1_790_000_000,
      });
      const payload = JSON.parse(textOf(body));
      expect(method).toBe("POST");
      expect(headers).toEqual({
        "content-type": "application/json",
        "user-agent": headerFamily === "phaseo" ? "Phaseo-Async-Webhook/1.0" : "AI-Stats-Async-Webhook/1.0",
        [`x-${headerFamily}-timestamp`]: "1790000000",
        [`x-${headerFamily}-signature`]: expect.stringMatching(/^[0-9a-f]{64}$/),
        [`x-${headerFamily}-event-id`]: payload.id,
        [`x-${headerFamily}-event-type`]: "video.progress",
        [`x-${headerFamily}-delivery-key`]: "video.progress:60",
        [`x-${headerFamily}-attempt`]: "2",
        [`x-${headerFamily}-max-attempts`]: "4",
      });
    },
  );

  it("sends no metadata for bodies of before June 2026, or where it is asked not to", () => {
    for (const options of [{ version: "2026-04" }, { metadata: false }] as const) {
      const { headers } = signAiStats({ secret, ...options });
      expect(Object.keys(headers).filter((name) => name.startsWith("x-"))).toEqual([
        "x-ai-stats-timestamp",
        "x-ai-stats-signature",
      ]);
    }
  });

  it("signs text and bytes as they are", async () => {
    for (const body of ["{}", Uint8Array.of(0xff, 0x00), "not json", ""]) {
      const signed = signAiStats({ secret, body });
      expect(Buffer.from(signed.body).equals(Buffer.from(body as string))).toBe(true);
      expect(await aiStats({ secret }).verify(signed)).toMatchObject({ ok: true });
    }
  });

  it("leaves out a header that HTTP cannot carry", () => {
    const { headers } = signAiStats({ secret, body: { id: "line\nfeed", type: "video.completed" } });
    expect(headers["x-ai-stats-event-id"]).toBeUndefined();
    expect(headers["x-ai-stats-event-type"]).toBe("video.completed");
  });
});

describe("aiStatsPayload", () => {
  it("derives id and delivery key as the sender does", () => {
    expect(aiStatsPayload({ jobId: "v/1:é" })).toMatchObject({
      id: "evt_video_v_1__video_completed",
      delivery: { key: "video.completed", attempt: 1, max_attempts: 4 },
    });
    // A run of other characters is one underscore.
    expect(aiStatsEventId("video", "job::1", "video.completed")).toBe("evt_video_job_1_video_completed");
    expect(aiStatsEventId("video", "x".repeat(300), "video.completed")).toHaveLength(160);
    const statusChange = { previousStatus: "in_progress", status: "completed" };
    expect(aiStatsPayload({ type: "video.status_changed", statusChange })).toMatchObject({
      delivery: { key: "video.status_changed:in_progress:completed" },
      status_change: { previous_status: "in_progress", status: "completed" },
      data: { status: "completed" },
    });
  });

  it("keeps id and key over attempts, and changes the rest", () => {
    const [first, second] = [1, 2].map((attempt) =>
      aiStatsPayload({ attempt, createdAt: 1_790_000_000 + attempt * 60 }),
    );
    expect(second?.id).toBe(first?.id);
    expect(second?.delivery?.key).toBe(first?.delivery?.key);
    expect(second?.created_at).not.toBe(first?.created_at);
    expect(second?.data).not.toEqual(first?.data);
    expect(second?.data.download_url).not.toBe(first?.data.download_url);
    expect(second?.data.webhook).toMatchObject({ attempts: [{ attempt_number: 1, response_status: 503 }] });
  });

  it.each(["created", "progress", "completed", "failed", "cancelled", "expired", "status_changed"])(
    "of video.%s and batch.%s is known to the provider",
    async (change) => {
      for (const kind of ["video", "batch"]) {
        const type = `${kind}.${change}` as AiStatsEvent["type"];
        const result = await verifyWebhook(aiStats({ secret }), signAiStats({ secret, type }));
        expect(result).toMatchObject({ ok: true, event: { type, known: true } });
      }
    },
  );

  it("takes members of data", () => {
    expect(aiStatsPayload({ data: { model: "other", extra: 1 } }).data).toMatchObject({
      model: "other",
      extra: 1,
    });
  });
});

describe("signStandardWebhooks", () => {
  const body = { type: "invoice.paid", data: { id: "inv_1" } };

  it("signs with each secret and with the private key", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const pkcs8 = privateKey.export({ format: "der", type: "pkcs8" });
    const spki = publicKey.export({ format: "der", type: "spki" });
    const other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const seed = pkcs8.subarray(16);
    const forms = [pkcs8, seed, Buffer.concat([seed, spki.subarray(12)])];
    for (const form of forms) {
      const signed = signStandardWebhooks({
        secret: [secret, other],
        privateKey: `whsk_${form.toString("base64")}`,
        body,
      });
      expect(signed.headers["webhook-signature"]).toMatch(/^v1,\S+ v1,\S+ v1a,\S+$/);
      const providers = [{ secret }, { secret: other }, { publicKey: `whpk_${spki.toString("base64")}` }];
      for (const options of providers)
        expect(await verifyWebhook(standardWebhooks(options), signed)).toMatchObject({ ok: true });
    }
  });

  it("gives one body one id, and another another", () => {
    const idOf = (content: object) => signStandardWebhooks({ secret, body: content }).headers["webhook-id"];
    expect(idOf(body)).toBe(idOf({ ...body }));
    expect(idOf(body)).not.toBe(idOf({ ...body, more: 1 }));
  });

  it("needs something to sign with", () => {
    expect(() => signStandardWebhooks({ body })).toThrow(/secret or a privateKey/);
  });

  it("knows the older header names", () => {
    const { headers } = signStandardWebhooks({ secret, body, headerPrefix: "svix" });
    expect(Object.keys(headers)).toEqual(["content-type", "svix-id", "svix-timestamp", "svix-signature"]);
  });
});

describe("signVideogen and signCreativeai", () => {
  it("a retry has the same webhook-id; another job or event has another", () => {
    const idOf = (options: object) => signVideogen({ secret, ...options }).headers["webhook-id"];
    const first = idOf({ jobId: "exec_1", occurredAt: 1_790_000_000 });
    expect(idOf({ jobId: "exec_1", occurredAt: 1_790_000_060 })).toBe(first);
    expect(idOf({ jobId: "exec_2" })).not.toBe(first);
    expect(idOf({ jobId: "exec_1", event: "tool_execution.failed" })).not.toBe(first);
  });

  it.each([
    "tool_execution.succeeded",
    "tool_execution.failed",
    "workflow_run.cancelled",
    "project_export.succeeded",
    "assistant_message.succeeded",
    "file.upload.completed",
    "file.analysis_failed",
  ])("a payload of %s is known to the provider, and has an error only where it failed", async (event) => {
    const result = await verifyWebhook(videogen({ secret }), signVideogen({ secret, event, jobId: "job_1" }));
    expect(result).toMatchObject({ ok: true, event: { type: event, known: true, job: { id: "job_1" } } });
    expect("error" in videogenPayload({ event })).toBe(event.endsWith("failed"));
  });

  it.each(["completed", "failed"] as const)(
    "a payload of CreativeAI that %s is known to the provider",
    async (status) => {
      const signed = signCreativeai({ secret, status, generationId: "gen_1" });
      expect(signed.headers).toMatchObject({
        "x-creativeai-event": "video.generation.completed",
        "x-creativeai-delivery-id": "gen_1",
      });
      expect(await verifyWebhook(creativeai({ secret }), signed)).toMatchObject({
        ok: true,
        event: { type: `video.generation.${status}`, known: true },
      });
      expect(creativeaiPayload({ status }).output_url === null).toBe(status === "failed");
    },
  );
});

describe("toRequest", () => {
  it("carries method, headers and bytes", async () => {
    const signed = signAiStats({ secret });
    const request = toRequest(signed, "http://localhost/webhooks/ai-stats");
    expect([request.method, request.url]).toEqual(["POST", "http://localhost/webhooks/ai-stats"]);
    expect(Object.fromEntries(request.headers)).toEqual(signed.headers);
    expect(new Uint8Array(await request.arrayBuffer())).toEqual(signed.body);
  });
});
