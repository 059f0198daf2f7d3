import { type Provider, verifyWebhook, type WebhookEvent } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { videogen } from "@latchhook/core/providers/videogen";
import type { Sandbox } from "@latchhook/sandbox";
import { describe, expect, test } from "vitest";
import { apiKey, call, type Received, receive, sandboxWith } from "./support/sandbox-trial.ts";

const secret = "whsec_sandbox";

const video = { model: "google/veo-3", prompt: "A paper boat" };

async function ended(sandbox: Sandbox): Promise<void> {
  await expect.poll(() => sandbox.jobs.every((job) => job.endedAt !== null)).toBe(true);
  await sandbox.idle();
}

describe("AI Stats", () => {
  test.each(["ai-stats", "phaseo"] as const)(
    "delivers a job's life under %s, genuinely signed",
    async (headerFamily) => {
      const sandbox = await sandboxWith({ headerFamily });
      const { url, received } = await receive();
      const events = ["job.created", "video.progress", "job.completed"];
      const created = await call(sandbox, "POST", "/v1/videos", {
        ...video,
        webhook: { url, secret, events },
      });
      expect(created.json).toMatchObject({ object: "video", status: "queued", poll_after_seconds: 0.02 });
      await ended(sandbox);
      const provider = aiStats({ secret });
      const verified = await Promise.all(received.map((request) => verifyWebhook(provider, request)));
      expect(verified.map((result) => (result.ok ? result.event.type : result.reason)).sort()).toEqual(
        ["video.completed", "video.created", "video.progress", "video.progress", "video.progress"].sort(),
      );
      expect(received.every(({ headers }) => headers[`x-${headerFamily}-max-attempts`] === "4")).toBe(true);
      const { id } = created.json;
      expect((await call(sandbox, "GET", `/v1/videos/${id}`)).json).toMatchObject({
        id,
        status: "completed",
        progress: 100,
      });
      expect((await call(sandbox, "GET", `/v1/videos/${id}/content`)).text).toContain(id);
    },
  );

  test("retries what is not 2xx with a fresh body, four times in all, and shows its attempts", async () => {
    const sandbox = await sandboxWith({ speed: 20_000 });
    const { url, received } = await receive((count) => (count < 4 ? 302 : 200));
    const { json } = await call(sandbox, "POST", "/v1/videos", { ...video, webhook: { url, secret } });
    await ended(sandbox);
    expect(received.map(({ headers }) => headers["x-ai-stats-attempt"])).toEqual(["1", "2", "3", "4"]);
    expect(new Set(received.map(({ headers }) => headers["x-ai-stats-event-id"])).size).toBe(1);
    expect(new Set(received.map(({ body }) => body.toString())).size).toBe(4);
    const shown = await call(sandbox, "GET", `/v1/videos/${json.id}`);
    expect(shown.json.webhook.attempts.map(({ status }: { status: string }) => status)).toEqual([
      ...Array(3).fill("scheduled_retry"),
      "delivered",
    ]);
  });

  test.each([
    ["failed", 502, "video_generation_failed"],
    ["cancelled", 409, "video_cancelled"],
    ["expired", 409, "video_expired"],
  ] as const)("ends as scripted: %s", async (outcome, status, reason) => {
    const sandbox = await sandboxWith();
    const { url, received } = await receive();
    const request = { ...video, webhook: { url, secret }, sandbox: { outcome, durationMs: 10 } };
    const { json } = await call(sandbox, "POST", "/v1/videos", request);
    await ended(sandbox);
    expect(received.map(({ headers }) => headers["x-ai-stats-event-type"])).toEqual([`video.${outcome}`]);
    const content = await call(sandbox, "GET", `/v1/videos/${json.id}/content`);
    expect([content.status, content.json.reason]).toEqual([status, reason]);
  });

  test("answers 409 not_ready before the end, and a download URL works without the key after it", async () => {
    const sandbox = await sandboxWith({ life: { durationMs: 60_000_000 } });
    const { json } = await call(sandbox, "POST", "/v1/videos", video);
    expect(await call(sandbox, "GET", `/v1/videos/${json.id}/content`)).toMatchObject({
      status: 409,
      json: { error: "not_ready", reason: "video_not_ready" },
    });
    expect(sandbox.step(json.id, { change: "completed" })).toBe(true);
    const link = await call(sandbox, "POST", `/v1/videos/${json.id}/download_url`, { ttl_seconds: 60 });
    expect((await fetch(link.json.download_url)).status).toBe(200);
    expect((await fetch(link.json.download_url.replace("download_sig=", "download_sig=0"))).status).toBe(401);
  });

  test.each([
    ["another account's key", "other-key", 401],
    ["no such job", apiKey, 404],
  ])("refuses %s", async (_name, key, status) => {
    const sandbox = await sandboxWith();
    expect((await call(sandbox, "GET", "/v1/videos/G-1", undefined, key)).status).toBe(status);
  });

  test.each([
    ["https://example.com/hook", "this machine"],
    ["http://10.0.0.1/hook", "this machine"],
    ["http://user:pass@127.0.0.1/hook", "this machine"],
    ["http://localhost.example.com/hook", "this machine"],
  ])("never delivers to %s", async (url, reason) => {
    const sandbox = await sandboxWith();
    const refused = await call(sandbox, "POST", "/v1/videos", { ...video, webhook: { url, secret } });
    expect([refused.status, refused.json.reason]).toEqual([400, expect.stringContaining(reason)]);
    const generation = await call(sandbox, "POST", "/v1/video/generations", { ...video, webhook_url: url });
    expect(generation.status).toBe(422);
    const endpoint = { url, events: ["tool_execution.succeeded"] };
    expect((await call(sandbox, "POST", "/v1/webhooks/endpoints", endpoint)).status).toBe(400);
  });
});

describe("CreativeAI", () => {
  test.each(["completed", "failed"] as const)(
    "answers 202 and delivers %s, signed with the API key",
    async (outcome) => {
      const sandbox = await sandboxWith({ life: { outcome } });
      const { url, received } = await receive();
      const created = await call(sandbox, "POST", "/v1/video/generations", { ...video, webhook_url: url });
      expect([created.status, created.json.status]).toEqual([202, "pending"]);
      await ended(sandbox);
      expect(received).toHaveLength(1);
      const verified = await verifyWebhook(creativeai({ secret: apiKey }), received[0] as Received);
      expect(verified).toMatchObject({ ok: true, event: { job: { id: created.json.id, status: outcome } } });
      expect(received[0]?.headers).toMatchObject({
        "user-agent": "CreativeAI-Webhooks/1.0",
        "x-creativeai-event": "video.generation.completed",
      });
    },
  );
});

describe("VideoGen", () => {
  test("tells subscribed endpoints, with one id over all attempts, and shows the secret once", async () => {
    const sandbox = await sandboxWith({ speed: 100_000 });
    const { url, received } = await receive((count) => (count === 1 ? 500 : 200));
    const endpoint = { url, events: ["tool_execution.succeeded"] };
    const registered = await call(sandbox, "POST", "/v1/webhooks/endpoints", endpoint);
    expect(registered.status).toBe(201);
    expect(sandbox.emit({ event: "tool_execution.failed" }).endpoints).toBe(0);
    const { jobId } = sandbox.emit({ event: "tool_execution.succeeded" });
    await sandbox.idle();
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    const provider = videogen({ secret: registered.json.signingSecret });
    const verified = await verifyWebhook(provider, received[1] as Received);
    expect(verified).toMatchObject({ ok: true, event: { job: { id: jobId, status: "completed" } } });
    const listed = await call(sandbox, "GET", "/v1/webhooks/endpoints");
    expect(listed.text).not.toContain(registered.json.signingSecret);
    const path = `/v1/webhooks/endpoints/${registered.json.endpointId}`;
    expect((await call(sandbox, "DELETE", path)).status).toBe(204);
    expect((await call(sandbox, "DELETE", path)).status).toBe(404);
  });

  test("takes 410 for a farewell", async () => {
    const sandbox = await sandboxWith();
    const { url, received } = await receive(() => 410);
    await call(sandbox, "POST", "/v1/webhooks/endpoints", { url, events: ["file.playback_ready"] });
    sandbox.emit({ event: "file.playback_ready" });
    await sandbox.idle();
    expect(sandbox.emit({ event: "file.playback_ready" }).endpoints).toBe(0);
    expect(received).toHaveLength(1);
  });
});

describe("faults", () => {
  const events = ["job.created", "job.progress", "job.completed"];
  const count = (sandbox: Sandbox, kind: string) =>
    sandbox.deliveries.filter((record) => record.kind === kind).length;

  test("drops attempts, then delivers; or loses all", async () => {
    const sandbox = await sandboxWith({ speed: 20_000, faults: { dropAttempts: 2 } });
    const { url, received } = await receive();
    await call(sandbox, "POST", "/v1/videos", { ...video, webhook: { url, secret } });
    await ended(sandbox);
    expect([count(sandbox, "dropped"), received.length]).toEqual([2, 1]);
    sandbox.configure({ faults: { dropAttempts: "all" } });
    await call(sandbox, "POST", "/v1/videos", { ...video, webhook: { url, secret } });
    await ended(sandbox);
    expect([count(sandbox, "dropped"), received.length]).toEqual([6, 1]);
  });

  test("sends duplicates one after the other, and copies at once", async () => {
    const sandbox = await sandboxWith({ faults: { duplicates: 2, concurrent: 3 } });
    const { url, received } = await receive();
    await call(sandbox, "POST", "/v1/videos", { ...video, webhook: { url, secret } });
    await ended(sandbox);
    expect(received).toHaveLength(6);
    expect(new Set(received.map(({ headers }) => headers["x-ai-stats-attempt"]))).toEqual(new Set(["1"]));
  });

  test("reorders a job's events: the last comes first", async () => {
    const sandbox = await sandboxWith({ faults: { reorder: true } });
    const { url, received } = await receive();
    await call(sandbox, "POST", "/v1/videos", { ...video, webhook: { url, secret, events } });
    await ended(sandbox);
    expect(received.map(({ headers }) => headers["x-ai-stats-delivery-key"])).toEqual([
      "video.completed",
      "video.progress:95",
      "video.progress:50",
      "video.progress:5",
      "video.created",
    ]);
  });

  test("forges and delays what no receiver may believe, for all three senders", async () => {
    const sandbox = await sandboxWith({ faults: { forged: 3, stale: 1 } });
    const [one, two, three] = [await receive(), await receive(), await receive()];
    await call(sandbox, "POST", "/v1/videos", { ...video, webhook: { url: one.url, secret } });
    await call(sandbox, "POST", "/v1/video/generations", { ...video, webhook_url: two.url });
    const endpoint = { url: three.url, events: ["workflow_run.failed"] };
    const { json } = await call(sandbox, "POST", "/v1/webhooks/endpoints", endpoint);
    sandbox.emit({ event: "workflow_run.failed" });
    await ended(sandbox);
    const senders: readonly (readonly [Provider<WebhookEvent>, readonly Received[]])[] = [
      [aiStats({ secret }), one.received],
      [creativeai({ secret: apiKey }), two.received],
      [videogen({ secret: json.signingSecret }), three.received],
    ];
    for (const [provider, received] of senders) {
      const results = await Promise.all(received.map((request) => verifyWebhook(provider, request)));
      expect(results.map(({ ok }) => ok)).toEqual([false, false, false, false, true]);
    }
  });
});

describe("the control endpoint", () => {
  test("reads and changes settings, steps jobs, shows deliveries, emits for VideoGen", async () => {
    const sandbox = await sandboxWith({ life: { durationMs: 60_000_000 } });
    const { url, received } = await receive();
    expect(
      (await call(sandbox, "PATCH", "/_sandbox", { faults: { duplicates: 1 } })).json.faults.duplicates,
    ).toBe(1);
    const { json } = await call(sandbox, "POST", "/v1/videos", { ...video, webhook: { url, secret } });
    expect((await call(sandbox, "POST", `/_sandbox/jobs/${json.id}`, { progress: 40 })).status).toBe(200);
    expect((await call(sandbox, "POST", `/_sandbox/jobs/${json.id}`, { outcome: "expired" })).status).toBe(
      200,
    );
    expect((await call(sandbox, "POST", `/_sandbox/jobs/${json.id}`, { outcome: "failed" })).status).toBe(
      409,
    );
    expect((await call(sandbox, "POST", "/_sandbox/jobs/nobody", { outcome: "failed" })).status).toBe(404);
    await sandbox.idle();
    expect(received).toHaveLength(2);
    const jobs = await call(sandbox, "GET", "/_sandbox/jobs");
    expect(jobs.json).toMatchObject([{ id: json.id, status: "expired", progress: 40 }]);
    expect(jobs.text).not.toContain(apiKey);
    expect((await call(sandbox, "GET", "/_sandbox/deliveries")).json).toHaveLength(2);
    const emitted = await call(sandbox, "POST", "/_sandbox/videogen/events", {
      event: "file.playback_ready",
    });
    expect(emitted.json).toMatchObject({ endpoints: 0 });
  });

  test.each([
    [{ speed: 0 }, "speed"],
    [{ faults: { dropAttempts: -1 } }, "faults.dropAttempts"],
    [{ life: { outcome: "exploded" } }, "life.outcome"],
    [{ nonsense: 1 }, "nonsense"],
    [{ toString: 1 }, "toString"],
  ])("refuses %j", async (change, name) => {
    const sandbox = await sandboxWith();
    const refused = await call(sandbox, "PATCH", "/_sandbox", change);
    expect([refused.status, refused.json.reason]).toEqual([400, expect.stringContaining(name)]);
  });
});
