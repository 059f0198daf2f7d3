import { setTimeout as pause } from "node:timers/promises";
import type { Outcome, WebhookEvent } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { videogen } from "@latchhook/core/providers/videogen";
import { memoryStore } from "@latchhook/core/stores/memory";
import {
  aiStatsEndpoints,
  aiStatsJobs,
  creativeaiJobs,
  type JobStore,
  trackJobs,
  videogenJobs,
  videogenWebhooks,
} from "@latchhook/jobs";
import { type JobOutcome, type SandboxOptions, startSandbox } from "@latchhook/sandbox";
import { type SignedWebhook, signAiStats, signCreativeai, signVideogen } from "@latchhook/testing";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { atEnd } from "../support/cleanups.ts";
import { describeJobStores } from "../support/job-stores.ts";
import { json, rawServer } from "../support/raw-server.ts";
import { trackingApp } from "../support/tracking-app.ts";

const apiKey = "key_2f9b6c71c44e";
const secret = "whsec_tracking";
const video = { model: "google/veo-3", prompt: "A paper boat" };
const outcomes: readonly JobOutcome[] = ["completed", "failed", "cancelled", "expired"];

async function sandboxWith(options: SandboxOptions = {}) {
  const sandbox = await startSandbox({ apiKey, speed: 1_000, ...options });
  atEnd(() => sandbox.close());
  return sandbox;
}

async function post(url: string, { method, headers, body }: SignedWebhook) {
  const response = await fetch(url, { method, headers, body });
  return { status: response.status, body: await response.json() };
}

describeJobStores("tracking", (open) => {
  let store: JobStore;
  beforeAll(async () => {
    store = await open();
  });

  async function aiStatsApp(
    sandboxUrl: string,
    more: { beforePersist?: (event: WebhookEvent) => unknown; overdueAfterMs?: number } = {},
  ) {
    const source = aiStatsJobs({ apiKey, baseUrl: sandboxUrl, timeoutMs: 2_000 });
    return { source, ...(await trackingApp({ source, provider: aiStats({ secret }), store, ...more })) };
  }

  /** Creates jobs with all outcomes, `rounds` times, and tracks them. Returns what each must end as. */
  async function createAll({ source, jobs, url }: Awaited<ReturnType<typeof aiStatsApp>>, rounds = 1) {
    const expected = new Map<string, JobOutcome>();
    for (const outcome of Array.from({ length: rounds }, () => outcomes).flat()) {
      const created = await source.create({ ...video, webhook: { url, secret }, sandbox: { outcome } });
      if (!created.ok) throw new Error(created.error.message);
      await jobs.track(created.job);
      expected.set(created.job.id, outcome);
    }
    return expected;
  }

  async function statusesOf({
    jobs,
  }: {
    jobs: { list(options: { readonly limit: number }): Promise<readonly { id: string; status: string }[]> };
  }) {
    return new Map((await jobs.list({ limit: 1_000 })).map(({ id, status }) => [id, status]));
  }

  test("every webhook lost: all jobs end in the right state, each persisted once", async () => {
    const sandbox = await sandboxWith({ faults: { dropAttempts: "all" } });
    const app = await aiStatsApp(sandbox.url);
    const expected = await createAll(app, 3);
    await vi.waitUntil(() => sandbox.jobs.every(({ endedAt }) => endedAt !== null));
    await pause(30);
    const report = await app.jobs.reconcile();
    expect([...report.delivered].sort()).toEqual([...expected.keys()].sort());
    expect(await statusesOf(app)).toEqual(expected);
    const types = new Map(app.persisted.map((event) => [event.job?.id, event.type]));
    expect(types).toEqual(new Map([...expected].map(([id, outcome]) => [id, `video.${outcome}`])));
    expect(app.persisted.every(({ known }) => known)).toBe(true);
    await pause(30);
    expect((await app.jobs.reconcile()).delivered).toEqual([]);
    // The webhooks come after all: each is a duplicate of what was asked for.
    for (const [jobId, outcome] of expected) {
      const late = await post(app.url, signAiStats({ secret, jobId, type: `video.${outcome}`, attempt: 4 }));
      expect(late).toEqual({ status: 200, body: { received: true, duplicate: true } });
    }
    expect(app.persisted).toHaveLength(expected.size);
  });

  test("no webhook lost: each end is persisted once, and reconciling finds nothing to do", async () => {
    const sandbox = await sandboxWith({ faults: { duplicates: 2, concurrent: 2 } });
    const app = await aiStatsApp(sandbox.url);
    const expected = await createAll(app);
    await vi.waitUntil(() => sandbox.jobs.every(({ endedAt }) => endedAt !== null));
    await sandbox.idle();
    await pause(30);
    expect(await app.jobs.reconcile()).toEqual({ delivered: [], duplicates: [], running: [], problems: [] });
    expect(await statusesOf(app)).toEqual(expected);
    expect(app.persisted).toHaveLength(expected.size);
  });

  test("reordered, repeated, forged and stale deliveries move no job backwards", async () => {
    const faults = { reorder: true, duplicates: 1, concurrent: 1, forged: 3, stale: 1 };
    const sandbox = await sandboxWith({ faults });
    const app = await aiStatsApp(sandbox.url);
    const events = ["job.created", "job.progress", "job.completed"];
    const created = await app.source.create({ ...video, webhook: { url: app.url, secret, events } });
    if (!created.ok) throw new Error(created.error.message);
    await app.jobs.track(created.job);
    await vi.waitUntil(() => sandbox.jobs.every(({ endedAt }) => endedAt !== null));
    await sandbox.idle();
    expect(await app.jobs.get(created.job.id)).toMatchObject({
      status: "completed",
      progress: 100,
      settled: true,
    });
    expect(app.persisted.map(({ type }) => type).sort()).toEqual(
      ["video.completed", "video.created", ...Array(3).fill("video.progress")].sort(),
    );
  });

  test("several processes that reconcile at once persist each end once", async () => {
    const sandbox = await sandboxWith({ faults: { dropAttempts: "all" } });
    const app = await aiStatsApp(sandbox.url);
    const expected = await createAll(app, 6);
    await vi.waitUntil(() => sandbox.jobs.every(({ endedAt }) => endedAt !== null));
    await pause(30);
    const reports = await Promise.all(
      [app.jobs, app.another(), app.another()].map((jobs) => jobs.reconcile()),
    );
    const delivered = reports.flatMap((report) => report.delivered);
    expect(delivered.sort()).toEqual([...expected.keys()].sort());
    expect(app.persisted).toHaveLength(expected.size);
  });

  test("a webhook that arrives before its job is tracked is not lost", async () => {
    const sandbox = await sandboxWith();
    const app = await aiStatsApp(sandbox.url);
    await post(app.url, signAiStats({ secret, jobId: "early", type: "video.completed" }));
    expect(await app.jobs.track({ id: "early" })).toMatchObject({ status: "completed", settled: true });
  });

  test("a job that was tracked as ended is delivered too", async () => {
    const sandbox = await sandboxWith({ faults: { dropAttempts: "all" } });
    const app = await aiStatsApp(sandbox.url);
    const created = await app.source.create(video);
    if (!created.ok) throw new Error(created.error.message);
    const ended = await app.source.wait(created.job.id, { intervalMs: 10 });
    if (!ended.ok) throw new Error(ended.error.message);
    expect(await app.jobs.track(ended.job)).toMatchObject({ terminal: true, settled: false });
    await pause(30);
    expect((await app.jobs.reconcile()).delivered).toEqual([created.job.id]);
  });

  test("where two ends contradict each other the sender is asked, and its answer wins", async () => {
    const statuses = new Map([
      ["first-right", "completed"],
      ["second-right", "failed"],
      ["both-wrong", "cancelled"],
    ]);
    const { url } = await rawServer((response, { path }) => {
      const id = path.slice(path.lastIndexOf("/") + 1);
      json(response, 200, { id, status: statuses.get(id) });
    });
    const app = await aiStatsApp(url);
    for (const jobId of statuses.keys()) {
      await post(app.url, signAiStats({ secret, jobId, type: "video.completed" }));
      await post(app.url, signAiStats({ secret, jobId, type: "video.failed" }));
    }
    expect(await statusesOf(app)).toEqual(statuses);
    expect(await app.jobs.get("second-right")).toMatchObject({ settled: true });
    // Nobody has persisted a cancellation yet.
    expect(await app.jobs.get("both-wrong")).toMatchObject({ settled: false });
    await pause(30);
    expect((await app.jobs.reconcile()).delivered).toEqual(["both-wrong"]);
    expect(app.persisted.filter(({ job }) => job?.id === "both-wrong").map(({ type }) => type)).toEqual([
      "video.completed",
      "video.failed",
      "video.cancelled",
    ]);
  });

  test("a contradiction that the sender cannot settle now is settled by the next round", async () => {
    let down = true;
    const { url } = await rawServer((response) =>
      down ? response.writeHead(500).end() : json(response, 200, { id: "j1", status: "failed" }),
    );
    const app = await aiStatsApp(url);
    for (const type of ["video.completed", "video.failed"]) {
      expect((await post(app.url, signAiStats({ secret, jobId: "j1", type }))).status).toBe(200);
    }
    expect(await app.jobs.get("j1")).toMatchObject({ status: "completed", settled: false });
    down = false;
    expect((await app.jobs.reconcile()).duplicates).toEqual(["j1"]);
    expect(await app.jobs.get("j1")).toMatchObject({ status: "failed", settled: true });
  });

  test.each([
    ["a job that vanished", 404, "{}", "not-found"],
    ["a 500", 500, "", "unavailable"],
    ["HTML", 200, "<html>", "malformed-response"],
    ["half a JSON", 200, '{"id":', "malformed-response"],
    ["an unknown status", 200, '{"id":"j1","status":"dreaming"}', "unknown-status"],
  ])("%s is reported, kept, and asked for again", async (_name, status, body, problem) => {
    let healthy = false;
    const { url } = await rawServer((response) =>
      healthy
        ? json(response, 200, { id: "j1", status: "completed" })
        : response.writeHead(status, { "content-type": "application/json" }).end(body),
    );
    // Long enough that a slow machine does not find it due again within one round.
    const app = await aiStatsApp(url, { overdueAfterMs: 300 });
    await app.jobs.track({ id: "j1" });
    await pause(320);
    expect((await app.jobs.reconcile()).problems).toEqual([{ id: "j1", problem }]);
    expect(app.problems).toMatchObject([{ provider: "ai-stats", id: "j1", problem, failures: 1 }]);
    expect(await app.jobs.get("j1")).toMatchObject({ status: "queued", problem, failures: 1 });
    healthy = true;
    await pause(350);
    expect((await app.jobs.reconcile()).delivered).toEqual(["j1"]);
    expect(await app.jobs.get("j1")).toMatchObject({ status: "completed", problem: null, settled: true });
  });

  test("checks come later with each failure, and never before Retry-After", async () => {
    const { url, seen } = await rawServer((r) =>
      json(r, seen.length > 1 ? 429 : 500, {}, { "retry-after": "60" }),
    );
    const app = await aiStatsApp(url);
    await app.jobs.track({ id: "j1" });
    await pause(30);
    await app.jobs.reconcile();
    await pause(100);
    expect((await app.jobs.reconcile()).problems).toEqual([]);
    expect(seen).toHaveLength(1);
  });

  test("a persist that fails is tried again by the next round", async () => {
    const sandbox = await sandboxWith({ faults: { dropAttempts: "all" } });
    let failures = 0;
    const beforePersist = () => {
      if (++failures === 1) throw new Error("The disk is full.");
    };
    const app = await aiStatsApp(sandbox.url, { beforePersist });
    const created = await app.source.create({ ...video, webhook: { url: app.url, secret } });
    if (!created.ok) throw new Error(created.error.message);
    const { id } = await app.jobs.track(created.job);
    await vi.waitUntil(() => sandbox.jobs[0]?.endedAt !== null);
    await pause(30);
    expect((await app.jobs.reconcile()).problems).toEqual([{ id, problem: "persist-failed" }]);
    expect(await app.jobs.get(id)).toMatchObject({ status: "completed", settled: false });
    await pause(60);
    expect((await app.jobs.reconcile()).delivered).toEqual([id]);
    expect(app.persisted).toHaveLength(1);
  });

  test("an event whose job could not be recorded is acknowledged, reported, and made good by the next round", async () => {
    const { url } = await rawServer((response) => json(response, 200, { id: "j1", status: "completed" }));
    let broken = false;
    const flaky: JobStore = {
      ...store,
      advance: (owner, news) =>
        broken ? Promise.reject(new Error("The table is away.")) : store.advance(owner, news),
    };
    const source = aiStatsJobs({ apiKey, baseUrl: url });
    const app = await trackingApp({ source, provider: aiStats({ secret }), store: flaky });
    await app.jobs.track({ id: "j1" });
    broken = true;
    expect((await post(app.url, signAiStats({ secret, jobId: "j1" }))).status).toBe(200);
    expect(app.problems).toMatchObject([{ id: "j1", problem: "store-failed" }]);
    broken = false;
    await pause(30);
    expect((await app.jobs.reconcile()).duplicates).toEqual(["j1"]);
    expect(await app.jobs.get("j1")).toMatchObject({ status: "completed", settled: true });
    expect(app.persisted).toHaveLength(1);
  });

  test("one end is written once, and once more where it has to be claimed first", async () => {
    const { url } = await rawServer((response, { path }) =>
      json(response, 200, { id: path.slice(path.lastIndexOf("/") + 1), status: "completed" }),
    );
    const writes: string[] = [];
    const counted: JobStore = {
      ...store,
      advance(owner, news) {
        writes.push(`advance, ${news.settled ? "settled" : "unsettled"}`);
        return store.advance(owner, news);
      },
      async claimDue(owner, options) {
        const claimed = await store.claimDue(owner, options);
        writes.push(...claimed.map(() => "claim"));
        return claimed;
      },
      postpone(owner, id, postponement) {
        writes.push("postpone");
        return store.postpone(owner, id, postponement);
      },
    };
    const source = aiStatsJobs({ apiKey, baseUrl: url });
    const app = await trackingApp({ source, provider: aiStats({ secret }), store: counted });
    for (const id of ["reconciled", "checked", "received"]) await app.jobs.track({ id, kind: "video" });
    writes.length = 0;
    expect(await app.jobs.check("checked")).toBe("delivered");
    expect(writes.splice(0)).toEqual(["advance, settled"]);
    await post(app.url, signAiStats({ secret, jobId: "received" }));
    expect(writes.splice(0)).toEqual(["advance, settled"]);
    await pause(30);
    expect((await app.jobs.reconcile()).delivered).toEqual(["reconciled"]);
    expect(writes.splice(0)).toEqual(["claim", "advance, settled"]);
    expect(await app.jobs.check("reconciled")).toBe("duplicate");
    expect(writes).toEqual([]);
    expect(app.persisted).toHaveLength(3);
  });

  test("a crash between persisting and recording is repaired by the next check, and persists nothing twice", async () => {
    const { url } = await rawServer((response) => json(response, 200, { id: "j1", status: "failed" }));
    let crashed = true;
    const dying: JobStore = {
      ...store,
      advance: (owner, news) =>
        news.settled && crashed ? Promise.reject(new Error("Killed.")) : store.advance(owner, news),
    };
    const source = aiStatsJobs({ apiKey, baseUrl: url });
    const app = await trackingApp({ source, provider: aiStats({ secret }), store: dying });
    await app.jobs.track({ id: "j1" });
    await expect(app.jobs.check("j1")).rejects.toThrow("Killed.");
    expect(await app.jobs.get("j1")).toMatchObject({ status: "queued", settled: false });
    crashed = false;
    expect(await app.jobs.check("j1")).toBe("duplicate");
    expect(await app.jobs.get("j1")).toMatchObject({ status: "failed", settled: true });
    expect(app.persisted).toHaveLength(1);
  });

  test("on the present API: endpoints, videos of OpenAI's models and batches in one table, every webhook lost", async () => {
    const sandbox = await sandboxWith({ version: "2026-08", faults: { dropAttempts: "all" } });
    const created = await aiStatsEndpoints({ managementKey: apiKey, baseUrl: sandbox.url }).create({
      url: "http://127.0.0.1:9/hook",
    });
    if (!created.ok) throw new Error(created.error.message);
    const signing = created.signingSecret;
    const source = aiStatsJobs({ apiKey, baseUrl: sandbox.url });
    const app = await trackingApp({ source, provider: aiStats({ secret: signing }), store });
    const webhook = { endpoint_id: created.endpoint.id };
    const expected = new Map<string, string>();
    for (const outcome of outcomes) {
      const request = { webhook, sandbox: { outcome } };
      const jobs = [
        await source.create({ ...video, model: "openai/sora-2", ...request }),
        await source.createBatch({ input_file_id: "file_1", ...request }),
      ];
      for (const made of jobs) {
        if (!made.ok) throw new Error(made.error.message);
        await app.jobs.track(made.job);
        expected.set(made.job.id, `${made.job.kind}.${outcome}`);
      }
    }
    // Of one nobody says what kind it is.
    const untold = await source.createBatch({ input_file_id: "file_2" });
    if (!untold.ok) throw new Error(untold.error.message);
    await app.jobs.track({ id: untold.job.id });
    expected.set(untold.job.id, "batch.completed");
    await vi.waitUntil(() => sandbox.jobs.every(({ endedAt }) => endedAt !== null));
    await pause(30);
    expect((await app.jobs.reconcile()).delivered).toHaveLength(expected.size);
    expect(new Map(app.persisted.map((event) => [event.job?.id, event.type]))).toEqual(expected);
    expect(app.persisted.every(({ known }) => known)).toBe(true);
    for (const [jobId, type] of expected) {
      const late = await post(app.url, signAiStats({ secret: signing, jobId, type, attempt: 4 }));
      expect(late.body).toEqual({ received: true, duplicate: true });
    }
    expect(app.persisted).toHaveLength(expected.size);
  });

  test("a job's kind is kept as it was first heard, and asked for only where nobody said it", async () => {
    const { url, seen } = await rawServer((response, { path }) => {
      const id = path.slice(path.lastIndexOf("/") + 1);
      if (path.includes("/videos/")) json(response, 404, {});
      else json(response, 200, { id, status: "in_progress" });
    });
    const app = await aiStatsApp(url);
    await app.jobs.track({ id: "told", kind: "batch" });
    await app.jobs.track({ id: "untold" });
    await post(app.url, signAiStats({ secret, jobId: "heard", type: "batch.created" }));
    for (const id of ["told", "untold", "heard"]) expect(await app.jobs.check(id)).toBe("running");
    expect(seen.map(({ path }) => path)).toEqual([
      "/v1/batches/told",
      "/v1/videos/untold",
      "/v1/batches/untold",
      "/v1/batches/heard",
    ]);
    expect(await app.jobs.get("told")).toMatchObject({ id: "told", kind: "batch", projectId: null });
    expect(await app.jobs.get("untold")).toMatchObject({ id: "untold", kind: null });
  });

  test("VideoGen: lost webhooks of every kind are made good, and a late one is a duplicate", async () => {
    const key = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
    const sandbox = await sandboxWith({ videogenSecret: key, faults: { dropAttempts: "all" } });
    const source = videogenJobs({ apiKey, baseUrl: sandbox.url });
    const app = await trackingApp({ source, provider: videogen({ secret: key }), store });
    const expected = new Map<string, string>();
    const kinds = ["tool_execution", "workflow_run", "project_export", "assistant_message"] as const;
    for (const kind of kinds) {
      for (const outcome of ["completed", "failed", "cancelled"] as const) {
        const { jobId, projectId } = sandbox.startVideogen({ kind, sandbox: { outcome } });
        await app.jobs.track({ id: jobId, kind, projectId });
        expected.set(jobId, `${kind}.${outcome === "completed" ? "succeeded" : outcome}`);
      }
    }
    const { jobId: fileId } = sandbox.startVideogen({ kind: "file" });
    await app.jobs.track({ id: fileId, kind: "file" });
    expected.set(fileId, "file.upload.completed");
    await vi.waitUntil(() => sandbox.jobs.every(({ endedAt }) => endedAt !== null));
    await pause(30);
    expect((await app.jobs.reconcile()).delivered).toHaveLength(expected.size);
    expect(new Map(app.persisted.map((event) => [event.job?.id, event.type]))).toEqual(expected);
    expect(app.persisted.every(({ known }) => known)).toBe(true);
    for (const [jobId, event] of expected) {
      const late = await post(app.url, signVideogen({ secret: key, event, jobId }));
      expect(late.body).toEqual({ received: true, duplicate: true });
    }
    expect(app.persisted).toHaveLength(expected.size);
  });

  test("VideoGen: an export's project is learnt from its event; without a kind the job is reported, and not guessed", async () => {
    const key = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
    const { url, seen } = await rawServer((response) =>
      json(response, 200, { exportId: "e1", status: "failed" }),
    );
    const app = await trackingApp({
      source: videogenJobs({ apiKey, baseUrl: url }),
      provider: videogen({ secret: key }),
      store,
    });
    const data = { projectId: "vg_proj_1" };
    for (const event of ["project_export.succeeded", "project_export.failed"]) {
      await post(app.url, signVideogen({ secret: key, event, jobId: "e1", data }));
    }
    expect(seen.map(({ path }) => path)).toEqual(["/v1/projects/vg_proj_1/exports/e1"]);
    expect(await app.jobs.get("e1")).toMatchObject({
      status: "failed",
      settled: true,
      projectId: "vg_proj_1",
    });
    await app.jobs.track({ id: "x1" });
    await pause(30);
    expect((await app.jobs.reconcile()).problems).toEqual([{ id: "x1", problem: "invalid-id" }]);
  });

  test("CreativeAI: lost webhooks are made good under the webhook's own key, old ones too", async () => {
    const sandbox = await sandboxWith({ faults: { dropAttempts: "all" } });
    const source = creativeaiJobs({ apiKey, baseUrl: sandbox.url });
    const app = await trackingApp({ source, provider: creativeai({ secret: apiKey }), store });
    const expected = new Map<string, string>();
    for (const outcome of ["completed", "failed"] as const) {
      const created = await source.create({ ...video, webhook_url: app.url, sandbox: { outcome } });
      if (!created.ok) throw new Error(created.error.message);
      await app.jobs.track(created.job);
      expected.set(created.job.id, outcome);
    }
    await vi.waitUntil(() => sandbox.jobs.every(({ endedAt }) => endedAt !== null));
    await pause(30);
    expect((await app.jobs.reconcile()).delivered).toHaveLength(2);
    expect(await statusesOf(app)).toEqual(expected);
    for (const [generationId, status] of expected) {
      const late = await post(
        app.url,
        signCreativeai({ secret: apiKey, generationId, status: status as "completed" }),
      );
      expect(late.body).toEqual({ received: true, duplicate: true });
    }
  });

  test("CreativeAI: an end of last month is delivered, though a webhook of that age would be refused", async () => {
    const completedAt = new Date(Date.now() - 30 * 86_400_000).toISOString();
    const body = {
      id: "gen_old",
      object: "video.generation",
      status: "completed",
      completed_at: completedAt,
    };
    const { url } = await rawServer((response) => json(response, 200, body));
    const source = creativeaiJobs({ apiKey, baseUrl: url });
    const app = await trackingApp({ source, provider: creativeai({ secret: apiKey }), store });
    await app.jobs.track({ id: "gen_old" });
    await pause(30);
    expect((await app.jobs.reconcile()).delivered).toEqual(["gen_old"]);
  });

  test.each([
    ["an end of last month, to a provider that believes an hour", -30 * 86_400_000],
    ["an end in the future, of a clock that runs ahead", 3_600_000],
  ])("CreativeAI: %s, is delivered as of its day", async (_name, offsetMs) => {
    const completedAt = new Date(Date.now() + offsetMs);
    const body = { id: "gen_1", status: "failed", completed_at: completedAt.toISOString() };
    const { url } = await rawServer((response) => json(response, 200, body));
    const source = creativeaiJobs({ apiKey, baseUrl: url });
    const provider = creativeai({ secret: apiKey, maxAgeMs: 3_600_000 });
    const app = await trackingApp({ source, provider, store });
    await app.jobs.track({ id: "gen_1" });
    expect(await app.jobs.check("gen_1")).toBe("delivered");
    expect(app.persisted).toMatchObject([{ known: true, occurredAt: completedAt }]);
  });

  test("what the reconciler delivers is told as such: its source, and no secret that verified it", async () => {
    const { url } = await rawServer((response) => json(response, 200, { id: "j1", status: "completed" }));
    const outcomes: Outcome[] = [];
    const jobs = trackJobs({
      source: aiStatsJobs({ apiKey, baseUrl: url }),
      store,
      scope: `${Math.random()}`,
    });
    jobs.attach({
      ...{ provider: aiStats({ secret }), store: memoryStore(), persist() {} },
      onOutcome: (outcome) => outcomes.push(outcome),
    });
    await jobs.track({ id: "j1" });
    expect(await jobs.check("j1")).toBe("delivered");
    expect(outcomes).toMatchObject([{ code: "processed", source: "reconcile", secretIndex: null }]);
  });

  test("VideoGen: known from webhooks alone; an overdue job is reported and not guessed", async () => {
    const key = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
    const source = videogenWebhooks({ apiKey, baseUrl: "http://127.0.0.1:9" });
    const app = await trackingApp({ source, provider: videogen({ secret: key }), store });
    await app.jobs.track({ id: "vg_1" });
    await pause(30);
    expect((await app.jobs.reconcile()).problems).toEqual([{ id: "vg_1", problem: "overdue" }]);
    expect(await app.jobs.get("vg_1")).toMatchObject({ status: "queued", problem: "overdue" });
    const signed = signVideogen({ secret: key, event: "tool_execution.succeeded", jobId: "vg_1" });
    expect((await post(app.url, signed)).status).toBe(200);
    expect(await app.jobs.get("vg_1")).toMatchObject({ status: "completed", settled: true, problem: null });
    const other = signVideogen({ secret: key, event: "tool_execution.failed", jobId: "vg_1" });
    expect((await post(app.url, other)).status).toBe(200);
    expect((await app.jobs.get("vg_1"))?.status).toBe("completed");
  });

  test("start reconciles by itself, survives its observers, and stop ends it", async () => {
    const sandbox = await sandboxWith({ faults: { dropAttempts: "all" } });
    const app = await aiStatsApp(sandbox.url);
    const other = app.another();
    const rounds: unknown[] = [];
    const onReport = (report: unknown) => {
      rounds.push(report);
      throw new Error("an observer that fails");
    };
    for (const jobs of [app.jobs, other]) jobs.start({ everyMs: 20, onReport });
    expect(() => app.jobs.start({ everyMs: 20 })).toThrow("already");
    const expected = await createAll(app, 2);
    await expect.poll(() => app.persisted.length, { timeout: 10_000 }).toBe(expected.size);
    await expect.poll(async () => statusesOf(app)).toEqual(expected);
    await Promise.all([app.jobs.stop(), other.stop()]);
    const count = rounds.length;
    await pause(80);
    expect(rounds).toHaveLength(count);
    expect(app.persisted).toHaveLength(expected.size);
    expect(app.problems).toEqual([]);
  });

  test("check looks after one job now, and says null for one that is not tracked", async () => {
    const { url } = await rawServer((response) =>
      json(response, 200, { id: "j1", status: "processing", progress: 30 }),
    );
    const app = await aiStatsApp(url);
    expect(await app.jobs.check("j1")).toBeNull();
    await app.jobs.track({ id: "j1" });
    expect(await app.jobs.check("j1")).toBe("running");
    expect(await app.jobs.get("j1")).toMatchObject({ status: "processing", progress: 30 });
    expect(await app.jobs.check("j1", { signal: AbortSignal.abort() })).toBe("aborted");
  });

  test("notes where a job was created; a hook that fails or talks nonsense changes nothing", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    function fail(): never {
      throw new Error("no trace");
    }
    const hooks: readonly (readonly [(() => string | undefined) | undefined, string | null])[] = [
      [() => traceparent, traceparent],
      [() => `${traceparent}\r\n`, null],
      [() => 1 as never, null],
      [() => undefined, null],
      [fail, null],
      [undefined, null],
    ];
    const source = aiStatsJobs({ apiKey });
    for (const [index, [hook, expected]] of hooks.entries()) {
      const jobs = trackJobs({ source, store, scope: `trace ${Math.random()}`, traceparent: hook });
      expect((await jobs.track({ id: `j${index}` })).traceparent, String(hook)).toBe(expected);
      expect((await jobs.get(`j${index}`))?.traceparent).toBe(expected);
      expect(await jobs.counts()).toEqual([{ provider: "ai-stats", status: "queued", count: 1 }]);
    }
  });

  test("events about no job change nothing", async () => {
    const app = await aiStatsApp("http://127.0.0.1:9");
    expect(await app.jobs.record({ job: null, data: {} })).toBeNull();
    expect(await app.jobs.list()).toEqual([]);
  });
});

describe("options", () => {
  const source = aiStatsJobs({ apiKey });
  const store = {} as JobStore;
  const deliveries = memoryStore();
  const persist = () => {};

  test.each([
    [
      "another sender's receiver",
      () =>
        trackJobs({ source, store }).attach({ provider: creativeai({ secret }), store: deliveries, persist }),
      "provider must be ai-stats",
    ],
    ["a start before attach", () => trackJobs({ source, store }).start({ everyMs: 1_000 }), "Call attach"],
    ["no pause", () => trackJobs({ source, store }).start({ everyMs: 0 }), "everyMs"],
    ["no time", () => trackJobs({ source, store, overdueAfterMs: Number.NaN }), "overdueAfterMs"],
  ])("%s is refused", (_name, make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: "invalid-option" }));
    expect(make).toThrow(message);
  });

  test("reconciling before attach rejects", async () => {
    await expect(trackJobs({ source, store }).reconcile()).rejects.toThrow("Call attach");
  });
});
