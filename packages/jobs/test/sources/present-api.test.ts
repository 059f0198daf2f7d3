import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { aiStatsJobs, creativeaiJobs, videogenJobs } from "@latchhook/jobs";
import { type SandboxOptions, startSandbox, type VideogenKind } from "@latchhook/sandbox";
import { describe, expect, test } from "vitest";
import { atEnd } from "../support/cleanups.ts";
import { json, rawServer } from "../support/raw-server.ts";

const apiKey = "key_2f9b6c71c44e";
const video = { model: "openai/sora-2", prompt: "A paper boat" };

async function sandboxWith(options: SandboxOptions = {}) {
  const sandbox = await startSandbox({ apiKey, speed: 200, version: "2026-08", ...options });
  atEnd(() => sandbox.close());
  return { sandbox, baseUrl: sandbox.url };
}

describe("aiStatsJobs on the present API", () => {
  test("follows a job of an OpenAI model, whose status call has other types and words", async () => {
    const { baseUrl } = await sandboxWith();
    const jobs = aiStatsJobs({ apiKey, baseUrl });
    const created = await jobs.create(video);
    if (!created.ok) throw new Error(created.error.message);
    const seen = new Set<string>();
    const ended = await jobs.wait(created.job.id, {
      intervalMs: 3,
      onProgress: ({ status, data }) => seen.add(`${status} ${data.status} ${typeof data.seconds}`),
    });
    expect(ended).toMatchObject({ ok: true, job: { status: "completed", kind: "video" } });
    expect([...seen]).toContain("processing in_progress string");
  });

  test("content of a failed job (502) says that the job has ended, and so does a download URL", async () => {
    const { baseUrl } = await sandboxWith({ life: { outcome: "failed", durationMs: 1 } });
    const jobs = aiStatsJobs({ apiKey, baseUrl });
    const created = await jobs.create(video);
    if (!created.ok) throw new Error(created.error.message);
    await jobs.wait(created.job.id, { intervalMs: 5 });
    for (const result of [await jobs.content(created.job.id), await jobs.downloadUrl(created.job.id)]) {
      expect(result).toMatchObject({
        ok: false,
        error: { code: "not-ready", status: 502, reason: "video_generation_failed", retryable: false },
      });
      expect(result).toMatchObject({ error: { message: expect.stringContaining("has ended") } });
    }
  });

  test.each([
    ["as flat words", { error: "upstream_error", reason: "video_generation_failed" }, "not-ready", false],
    [
      "as an object",
      { error: { type: "upstream_error", reason: "video_generation_failed" } },
      "not-ready",
      false,
    ],
    [
      "with details",
      { error: { type: "x", details: { reason: "video_generation_failed" } } },
      "not-ready",
      false,
    ],
    [
      "of a provider that may recover",
      { error: "upstream_error", reason: "provider_timeout" },
      "unavailable",
      true,
    ],
  ])("a 502 %s", async (_name, body, code, retryable) => {
    const { url } = await rawServer((response) => json(response, 502, body));
    expect(await aiStatsJobs({ apiKey, baseUrl: url }).content("j1")).toMatchObject({
      error: { code, retryable },
    });
  });

  test("cancel: 501 is refused and not to be retried; older deployments do it", async () => {
    const { sandbox, baseUrl } = await sandboxWith({ life: { durationMs: 1e9 } });
    const jobs = aiStatsJobs({ apiKey, baseUrl });
    const created = await jobs.create(video);
    if (!created.ok) throw new Error(created.error.message);
    expect(await jobs.cancel(created.job.id)).toMatchObject({
      ok: false,
      error: { code: "refused", status: 501, retryable: false },
    });
    sandbox.configure({ version: "2026-06" });
    expect(await jobs.cancel(created.job.id)).toMatchObject({ ok: true, job: { status: "cancelled" } });
  });

  test("follows batches: created, waited for, found by kind and without", async () => {
    const { sandbox, baseUrl } = await sandboxWith({ life: { durationMs: 1e9 } });
    const jobs = aiStatsJobs({ apiKey, baseUrl });
    const created = await jobs.createBatch({ endpoint: "/v1/responses", input_file_id: "file_1" });
    if (!created.ok) throw new Error(created.error.message);
    const { id, kind } = created.job;
    expect(kind).toBe("batch");
    sandbox.step(id, { change: "progress", progress: 50 });
    expect(await jobs.get(id)).toMatchObject({ ok: true, job: { status: "processing", progress: 50, kind } });
    sandbox.step(id, { change: "completed" });
    const ended = await jobs.wait(id, { intervalMs: 3 });
    expect(ended).toMatchObject({ ok: true, job: { id, kind, status: "completed", progress: 100 } });
    expect(await jobs.get(id, { kind: "batch" })).toEqual(ended);
    expect(await jobs.get(id, { kind: "video" })).toMatchObject({ ok: false, error: { code: "not-found" } });
  });

  test.each([
    ["validating", undefined, "queued"],
    ["finalizing", undefined, "processing"],
    ["cancelling", undefined, "processing"],
    ["canceled", undefined, "cancelled"],
    ["a_new_word", "running", "processing"],
    ["a_new_word", "expired", "expired"],
  ])("a batch that is %s (lifecycle_status %s) is %s", async (status, lifecycle_status, expected) => {
    const { url } = await rawServer((response) =>
      json(response, 200, { id: "b1", status, lifecycle_status }),
    );
    const result = await aiStatsJobs({ apiKey, baseUrl: url }).get("b1", { kind: "batch" });
    expect(result).toMatchObject({ ok: true, job: { status: expected } });
  });

  test.each([
    [404, 404, "not-found"],
    [404, 403, "not-found"],
    [404, 500, "unavailable"],
    [500, 404, "unavailable"],
    [403, 404, "unauthorized"],
  ])("an id of neither kind: videos answer %d, batches %d → %s", async (videos, batches, code) => {
    const { url } = await rawServer((response, { path }) =>
      json(response, path.startsWith("/v1/videos/") ? videos : batches, {}),
    );
    expect(await aiStatsJobs({ apiKey, baseUrl: url }).get("j1")).toMatchObject({
      ok: false,
      error: { code },
    });
  });
});

describe("videogenJobs", () => {
  const kinds: readonly VideogenKind[] = [
    "tool_execution",
    "workflow_run",
    "project_export",
    "assistant_message",
    "file",
  ];

  test.each(kinds)("gets and waits for: %s", async (kind) => {
    const { sandbox, baseUrl } = await sandboxWith();
    const jobs = videogenJobs({ apiKey, baseUrl });
    const { jobId, projectId } = sandbox.startVideogen({ kind });
    const place = { kind, projectId: projectId ?? "" } as { kind: "project_export"; projectId: string };
    expect(await jobs.get(jobId, place)).toMatchObject({
      ok: true,
      job: { id: jobId, kind, terminal: false },
    });
    const ended = await jobs.wait(jobId, { ...place, intervalMs: 5 });
    expect(ended).toMatchObject({ ok: true, job: { id: jobId, kind, status: "completed" } });
    const elsewhere = kind === "file" ? "tool_execution" : "file";
    expect(await jobs.get(jobId, { kind: elsewhere })).toMatchObject({ error: { code: "not-found" } });
  });

  test.each([
    ["no kind", {}],
    ["an unknown kind", { kind: "avatar" }],
    ["a kind from the prototype", { kind: "toString" }],
    ["an export without its project", { kind: "project_export" }],
    ["a project that walks", { kind: "project_export", projectId: ".." }],
  ])("%s: nothing is sent", async (_name, place) => {
    const { url, seen } = await rawServer((response) => json(response, 200, {}));
    const result = await videogenJobs({ apiKey, baseUrl: url }).get("j1", place);
    expect([result, seen]).toMatchObject([{ ok: false, error: { code: "invalid-id" } }, []]);
  });

  test("reads why a job failed, and the sender's word for a refusal", async () => {
    const error = { message: "Out of credits.", code: "insufficient_credits" };
    const { url } = await rawServer((response, { path }) =>
      path.endsWith("/j1")
        ? json(response, 200, { executionId: "j1", status: "failed", error })
        : json(response, 429, { message: "Slow down.", code: "rate_limited" }),
    );
    const jobs = videogenJobs({ apiKey, baseUrl: url });
    const place = { kind: "tool_execution" };
    expect(await jobs.get("j1", place)).toMatchObject({ ok: true, job: { errorMessage: "Out of credits." } });
    expect(await jobs.get("j2", place)).toMatchObject({
      error: { code: "rate-limited", reason: "rate_limited" },
    });
  });
});

describe("an error of a connection names where and why, and nothing secret", () => {
  test("nobody listens, nobody of that name", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const messages = [`http://127.0.0.1:${port}`, "https://nobody.invalid"].map(async (baseUrl) => {
      const result = await aiStatsJobs({ apiKey, baseUrl }).get("j1", { kind: "video" });
      return result.ok ? "" : `${result.error.code} ${result.error.message}`;
    });
    expect(await Promise.all(messages)).toEqual([
      `unreachable http://127.0.0.1:${port}/v1/videos/j1 could not be reached, or broke off (ECONNREFUSED).`,
      expect.stringMatching(
        /^unreachable https:\/\/nobody\.invalid\/v1\/videos\/j1 .*\((ENOTFOUND|EAI_AGAIN)\)/,
      ),
    ]);
  });

  test("a fetch of one's own that quotes the key", async () => {
    const failing = async () => {
      throw new TypeError(`cannot send Bearer ${apiKey}`);
    };
    const result = await creativeaiJobs({ apiKey, fetch: failing }).get("j1");
    expect(result).toMatchObject({
      error: { message: expect.stringMatching(/\/v1\/video\/generations\/j1.*TypeError/) },
    });
    expect(JSON.stringify(result)).not.toContain(apiKey);
  });

  test("silence, a cut in mid-answer, a cut in mid-content; queries stay out", async () => {
    const { url } = await rawServer((response, { path }) => {
      if (path.endsWith("/silent")) return;
      response
        .writeHead(200, { "content-length": 50 })
        .write("{", () => setTimeout(() => response.destroy(), 20));
    });
    const jobs = aiStatsJobs({ apiKey, baseUrl: url, timeoutMs: 200 });
    const messages = [await jobs.get("silent", { kind: "video" }), await jobs.get("cut", { kind: "video" })];
    expect(messages).toMatchObject([
      { error: { code: "timeout", message: expect.stringContaining(`${url}/v1/videos/silent`) } },
      { error: { code: "unreachable", message: expect.stringContaining(`${url}/v1/videos/cut`) } },
    ]);
    const content = await jobs.content("cut", { index: 3 });
    if (!content.ok) throw new Error(content.error.message);
    await expect(new Response(content.stream).text()).rejects.toThrow(
      `${url}/v1/videos/cut/content broke off`,
    );
  });
});
