import { aiStatsJobs, creativeaiJobs, videogenWebhooks } from "@latchhook/jobs";
import { type SandboxOptions, startSandbox } from "@latchhook/sandbox";
import { describe, expect, test } from "vitest";
import { atEnd } from "../support/cleanups.ts";
import { json, rawServer } from "../support/raw-server.ts";

const apiKey = "key_2f9b6c71c44e";
const secret = "whsec_jobs";
const video = { model: "google/veo-3", prompt: "A paper boat" };

async function sandboxWith(options: SandboxOptions = {}) {
  const sandbox = await startSandbox({ apiKey, speed: 100, ...options });
  atEnd(() => sandbox.close());
  return { sandbox, baseUrl: sandbox.url };
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text();
}

describe("aiStatsJobs", () => {
  test("creates, waits, reads the content and gets a download URL", async () => {
    const { baseUrl } = await sandboxWith();
    const jobs = aiStatsJobs({ apiKey, baseUrl });
    const created = await jobs.create({ ...video, webhook: { url: "http://127.0.0.1:9/hook", secret } });
    if (!created.ok) throw new Error(created.error.message);
    expect(created).toMatchObject({
      job: { status: "queued", terminal: false, pollAfterMs: 200 },
      warnings: [],
    });
    const { id } = created.job;
    expect(await jobs.wait(id, { intervalMs: 10 })).toMatchObject({
      ok: true,
      job: { status: "completed", progress: 100 },
    });
    const content = await jobs.content(id);
    if (!content.ok) throw new Error(content.error.message);
    expect([content.contentType, await textOf(content.stream)]).toEqual([
      "video/mp4",
      `sandbox video ${id}\n`,
    ]);
    const link = await jobs.downloadUrl(id, { ttlSeconds: 60, disposition: "inline" });
    if (!link.ok) throw new Error(link.error.message);
    expect(link.expiresAt?.getTime()).toBeGreaterThan(Date.now());
    expect((await fetch(link.downloadUrl)).status).toBe(200);
  });

  test("understands not_ready: it may come, or never will", async () => {
    const { sandbox, baseUrl } = await sandboxWith({ life: { durationMs: 1e9 } });
    const jobs = aiStatsJobs({ apiKey, baseUrl });
    const created = await jobs.create(video);
    if (!created.ok) throw new Error(created.error.message);
    const { id } = created.job;
    const early = await jobs.content(id);
    expect(early).toMatchObject({
      ok: false,
      error: { code: "not-ready", reason: "video_not_ready", retryable: true },
    });
    sandbox.step(id, { change: "cancelled" });
    const late = await jobs.content(id);
    expect(late).toMatchObject({
      ok: false,
      error: { code: "not-ready", reason: "video_cancelled", retryable: false },
    });
  });

  test("accepts video_id in place of id", async () => {
    const { url } = await rawServer((response) => json(response, 200, { video_id: "v1", status: "queued" }));
    expect(await aiStatsJobs({ apiKey, baseUrl: url }).get("v1")).toMatchObject({
      ok: true,
      job: { id: "v1" },
    });
  });

  test("does not send a subscription that the sender would refuse", async () => {
    const { url, seen } = await rawServer((response) => json(response, 200, {}));
    const jobs = aiStatsJobs({ apiKey, baseUrl: url, development: false });
    const result = await jobs.create({ ...video, webhook: { url: "http://127.0.0.1/hook", secret } });
    expect(result).toMatchObject({ ok: false, error: { code: "invalid-subscription" } });
    expect(seen).toEqual([]);
  });

  test("hands back what was dropped from a subscription", async () => {
    const { baseUrl } = await sandboxWith();
    const webhook = { url: "http://127.0.0.1:9/hook", secret, events: ["video.completed", "batch.failed"] };
    const result = await aiStatsJobs({ apiKey, baseUrl }).create({ ...video, webhook });
    expect(result).toMatchObject({
      ok: true,
      warnings: [{ entry: '"batch.failed"', rule: "event-of-another-kind" }],
    });
  });
});

describe("content streams", () => {
  test("end with an error at the limit of bytes", async () => {
    const { url } = await rawServer((response) => response.end(Buffer.alloc(100_000)));
    const content = await aiStatsJobs({ apiKey, baseUrl: url, maxContentBytes: 50_000 }).content("j1");
    if (!content.ok) throw new Error(content.error.message);
    await expect(textOf(content.stream)).rejects.toMatchObject({
      name: "JobStreamError",
      error: { code: "too-large" },
    });
  });

  test("end with an error when the sender falls silent, is cut off, or the reader aborts", async () => {
    const { url: silent } = await rawServer((response) => response.writeHead(200).write("half"));
    const { url: cut } = await rawServer((r) =>
      r.writeHead(200, { "content-length": 9 }).write("half", () => setTimeout(() => r.destroy(), 50)),
    );
    const cases = [
      [silent, undefined, "timeout"],
      [cut, undefined, "unreachable"],
      [silent, () => AbortSignal.timeout(100), "aborted"],
    ] as const;
    for (const [baseUrl, makeSignal, code] of cases) {
      const signal = makeSignal?.();
      const content = await aiStatsJobs({ apiKey, baseUrl, timeoutMs: 400 }).content("j1", {
        ...(signal ? { signal } : {}),
      });
      if (!content.ok) throw new Error(content.error.message);
      await expect(textOf(content.stream)).rejects.toMatchObject({ error: { code } });
    }
  });

  test("outlive timeoutMs while bytes keep coming, and wait for a slow reader", async () => {
    const { url } = await rawServer(async (response) => {
      response.writeHead(200);
      for (let index = 0; index < 6; index++) {
        response.write(String(index));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      response.end();
    });
    const content = await aiStatsJobs({ apiKey, baseUrl: url, timeoutMs: 300 }).content("j1");
    if (!content.ok) throw new Error(content.error.message);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await textOf(content.stream)).toBe("012345");
  });
});

describe("creativeaiJobs", () => {
  test("creates with 202, waits, and reads a failure", async () => {
    const { baseUrl } = await sandboxWith({ life: { outcome: "failed" } });
    const jobs = creativeaiJobs({ apiKey, baseUrl });
    const created = await jobs.create({ ...video, failover: true, webhook_url: "http://localhost:9/hook" });
    if (!created.ok) throw new Error(created.error.message);
    expect(created.job.status).toBe("queued");
    const ended = await jobs.wait(created.job.id, { intervalMs: 10 });
    expect(ended).toMatchObject({
      ok: true,
      job: { status: "failed", errorMessage: "The generation failed." },
    });
  });

  test("does not send a webhook_url that the sender could not reach", async () => {
    const { url, seen } = await rawServer((response) => json(response, 202, {}));
    const jobs = creativeaiJobs({ apiKey, baseUrl: url, development: false });
    const result = await jobs.create({ ...video, webhook_url: "https://10.1.2.3/hook" });
    expect(result).toMatchObject({ ok: false, error: { code: "invalid-subscription" } });
    expect(seen).toEqual([]);
  });
});

test("videogenWebhooks registers, lists and deletes; the secret comes once", async () => {
  const { baseUrl } = await sandboxWith();
  const webhooks = videogenWebhooks({ apiKey, baseUrl });
  const registered = await webhooks.register({
    url: "http://127.0.0.1:9/hook",
    events: ["tool_execution.succeeded"],
  });
  if (!registered.ok) throw new Error(registered.error.message);
  expect(registered.signingSecret).toMatch(/^whsec_/);
  const listed = await webhooks.list();
  expect(listed).toMatchObject({ ok: true, endpoints: [registered.endpoint] });
  expect(JSON.stringify(listed)).not.toContain(registered.signingSecret);
  expect(await webhooks.delete(registered.endpoint.endpointId)).toMatchObject({ ok: true });
  expect(await webhooks.list()).toMatchObject({ ok: true, endpoints: [] });
});
