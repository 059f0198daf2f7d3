import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JobOutcome, type Sandbox, type SandboxOptions, startSandbox } from "@latchhook/sandbox";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { appNames, appSecrets, type RunningApp, startApp } from "./apps/app/src/start-app.ts";
import {
  createJob,
  jobKeys,
  listJobs,
  persistedEnds,
  postJob,
  settledJobs,
  startWithJobs,
} from "./support/app-jobs.ts";
import { startHangingSender } from "./support/hanging-sender.ts";
import { createDatabase, describeWithServer, findPostgres } from "./support/servers.ts";

const { url: nowhere } = await closedSandbox();
const running: RunningApp[] = [];
afterEach(() => Promise.all(running.splice(0).map((app) => app.kill())));

async function open(options: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

async function closedSandbox(): Promise<Sandbox> {
  const sandbox = await startSandbox();
  await sandbox.close();
  return sandbox;
}

async function start(...parameters: Parameters<typeof startWithJobs>): Promise<RunningApp> {
  const app = await startWithJobs(...parameters);
  running.push(app);
  return app;
}

const plays: readonly (readonly [sender: string, outcome: JobOutcome, shown: string])[] = [
  ["ai-stats", "completed", "completed"],
  ["ai-stats", "failed", "failed"],
  ["ai-stats", "cancelled", "cancelled"],
  ["ai-stats", "expired", "expired"],
  ["creativeai", "completed", "completed"],
  ["creativeai", "failed", "failed"],
];

/** Creates jobs that end in every way. Returns how each of them is to end. */
async function createAll(
  app: RunningApp,
  sandbox: Sandbox,
  request: Readonly<Record<string, unknown>> = {},
): Promise<Readonly<Record<string, string>>> {
  const expected: Record<string, string> = {};
  for (const [sender, outcome, shown] of plays) {
    sandbox.configure({ life: { outcome } });
    expected[await createJob(app.url, { sender, ...request })] = shown;
  }
  return expected;
}

async function expectEachOnce(app: RunningApp, expected: Readonly<Record<string, string>>): Promise<void> {
  expect(await settledJobs(app.url)).toEqual(expected);
  expect(await persistedEnds(app)).toEqual(Object.entries(expected).toSorted());
}

/** A life of 200 ms; AI Stats' retries after 0.3, 1.5 and 4.5 s. */
const fast: SandboxOptions = { speed: 200, life: { durationMs: 40_000 } };
const everyWebhookLost: SandboxOptions = { ...fast, faults: { dropAttempts: "all" } };

/** Waits until every job has ended, and nothing more is on its way. */
async function allDelivered(sandbox: Sandbox): Promise<void> {
  await expect
    .poll(() => sandbox.jobs.every(({ endedAt }) => endedAt !== null), { timeout: 10_000 })
    .toBe(true);
  await sandbox.idle();
}

/** Lets the next attempts through, and waits until each of these jobs had one that was acknowledged. */
async function arriveLate(sandbox: Sandbox, ids: readonly string[]): Promise<void> {
  const arrived = () =>
    sandbox.deliveries.filter(({ kind, jobId }) => kind === "honest" && ids.includes(jobId));
  sandbox.configure({ faults: { dropAttempts: 0 } });
  await expect.poll(() => arrived().length, { timeout: 15_000 }).toBe(ids.length);
  expect(arrived().map(({ jobId, status }) => [jobId, status])).toEqual(
    expect.arrayContaining(ids.map((id) => [id, 200])),
  );
}

describe("the express app, with jobs", () => {
  it("ends every job rightly when every webhook is lost, also where they arrive after all", async () => {
    const sandbox = await open(everyWebhookLost);
    const app = await start("express", sandbox);
    const expected = await createAll(app, sandbox);
    await expectEachOnce(app, expected);
    expect(sandbox.deliveries.filter(({ kind }) => kind !== "dropped")).toEqual([]);

    const rows = await app.events();
    // CreativeAI gives up too soon at this speed; AI Stats' second retry is still to come.
    await arriveLate(
      sandbox,
      Object.keys(expected).filter((id) => id.startsWith("G-")),
    );
    expect(await app.events()).toEqual(rows);
    await expectEachOnce(app, expected);
    expect(await app.stop()).toBe(0);
  });

  it("has no effect twice when no webhook is lost, and the reconciler is as fast as they are", async () => {
    const sandbox = await open(fast);
    // While a webhook is being persisted, the reconciler asks about its job and finds that it has ended.
    const app = await start("express", sandbox, { PERSIST_DELAY_MS: "150" });
    const expected = await createAll(app, sandbox);
    await allDelivered(sandbox);
    const ids = sandbox.deliveries.map(({ jobId, status }) => [jobId, status]).toSorted();
    expect(ids).toEqual(
      Object.keys(expected)
        .map((id) => [id, 200])
        .toSorted(),
    );
    await expectEachOnce(app, expected);
  });

  it("lets webhooks alone end jobs that are not overdue, and follows VideoGen's too", async () => {
    const videogenSecret = appSecrets.VIDEOGEN_WEBHOOK_SECRET;
    const sandbox = await open({ ...fast, videogenSecret });
    const app = await start("express", sandbox, { OVERDUE_AFTER_MS: "600000" });
    const expected = { ...(await createAll(app, sandbox)), vg_exec_1: "completed" };
    await fetch(`${sandbox.url}/v1/webhooks/endpoints`, {
      method: "POST",
      headers: { authorization: "Bearer any" },
      body: JSON.stringify({
        url: `${app.url}/webhooks/videogen`,
        events: ["tool_execution.succeeded"],
      }),
    });
    sandbox.emit({ event: "tool_execution.succeeded", jobId: "vg_exec_1" });
    await expect.poll(async () => (await listJobs(app.url)).length).toBe(plays.length + 1);
    await expectEachOnce(app, expected);
  });

  it("moves no job back under duplicates, copies at once, forgeries, stale copies and reordering", async () => {
    const faults = { duplicates: 2, concurrent: 3, forged: 3, stale: 1, reorder: true };
    const sandbox = await open({ ...fast, faults });
    const app = await start("express", sandbox);
    const phases = ["created", "progress", "completed", "failed", "cancelled", "expired"];
    const events = phases.map((phase) => `job.${phase}`);
    const expected = await createAll(app, sandbox, { events });

    const ranks = ["queued", "processing", "completed", "failed", "cancelled", "expired"];
    const seen = new Map<string, { readonly status: string; readonly progress: number | null }>();
    const over = allDelivered(sandbox).then(() => true);
    let last = false;
    for (let ended = false; !last; last = ended) {
      ended = await Promise.race([over, new Promise<false>((resolve) => setTimeout(resolve, 10, false))]);
      for (const { id, status, progress } of await listJobs(app.url)) {
        const before = seen.get(id);
        const rank = Math.min(ranks.indexOf(status), 2);
        expect(rank).toBeGreaterThanOrEqual(Math.min(ranks.indexOf(before?.status ?? "queued"), 2));
        if (rank === 2 && before?.status !== undefined && ranks.indexOf(before.status) >= 2) {
          expect(status).toBe(before.status);
        }
        expect(progress ?? -1).toBeGreaterThanOrEqual(before?.progress ?? -1);
        seen.set(id, { status, progress });
      }
    }
    expect(seen.size).toBe(plays.length);
    await expectEachOnce(app, expected);
    const keys = (await app.events()).map(({ key }) => key);
    // AI Stats' four jobs: created, three times progress, and the end; CreativeAI's two: the end alone.
    expect(keys).toHaveLength(4 * 5 + 2);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("finds after a SIGKILL the job whose webhook met no one", async () => {
    const folder = await mkdtemp(join(tmpdir(), "latchhook-jobs-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const sandbox = await open({ life: { durationMs: Number.POSITIVE_INFINITY } });
    const database = { STORE_URL: `sqlite:${join(folder, "app.db")}` };
    // It never reconciles: what a process was asking about when it died is its own for two minutes more.
    const first = await start("express", sandbox, { ...database, RECONCILE_EVERY_MS: "86400000" });
    const ids = [
      await createJob(first.url),
      await createJob(first.url),
      await createJob(first.url, { sender: "creativeai" }),
    ] as const;
    await first.kill();
    for (const [index, id] of ids.entries())
      sandbox.step(id, { change: index === 1 ? "failed" : "completed" });
    await expect
      .poll(() => sandbox.deliveries.map(({ error }) => error))
      .toEqual(ids.map(() => "unreachable"));

    // On another port: the sender's next attempts, in a minute and in five seconds, would not find it.
    const second = await start("express", sandbox, database);
    await expectEachOnce(second, { [ids[0]]: "completed", [ids[1]]: "failed", [ids[2]]: "completed" });
  });

  it("persists each end once where several processes reconcile one table", async () => {
    const folder = await mkdtemp(join(tmpdir(), "latchhook-jobs-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const sandbox = await open(everyWebhookLost);
    const database = { STORE_URL: `sqlite:${join(folder, "app.db")}` };
    const one = await start("express", sandbox, database);
    const other = await start("express", sandbox, database);
    const expected = {
      ...(await createAll(one, sandbox)),
      ...(await createAll(other, sandbox)),
    };
    await expectEachOnce(one, expected);
    expect(await other.stop()).toBe(0);
    await expectEachOnce(one, expected);
  });

  it("keeps its address to what PUBLIC_URL says", async () => {
    const sandbox = await open({ life: { durationMs: Number.POSITIVE_INFINITY } });
    const app = await start("express", sandbox, { PUBLIC_URL: "http://localhost:9/hooks/" });
    await createJob(app.url);
    await createJob(app.url, { sender: "creativeai" });
    const urls = sandbox.jobs.map(({ request: { webhook, webhook_url: url } }) => url ?? webhook);
    expect(urls).toEqual([
      expect.objectContaining({ url: "http://localhost:9/hooks/webhooks/ai-stats" }),
      "http://localhost:9/hooks/webhooks/creativeai",
    ]);
  });

  it("stops at once on SIGTERM while the reconciler waits for an answer", async () => {
    const sender = await startHangingSender();
    onTestFinished(() => sender.close());
    const app = await start("express", sender);
    expect(await createJob(app.url)).toBe("G-1");
    await sender.asked;
    const stoppedAt = performance.now();
    expect(await app.stop()).toBe(0);
    expect(performance.now() - stoppedAt).toBeLessThan(3_000);
  });
});

describeWithServer("the express app, with jobs in PostgreSQL", await findPostgres(), (serverUrl) => {
  it("ends every job rightly when every webhook is lost", async () => {
    const database = await createDatabase(serverUrl);
    onTestFinished(() => database.drop());
    const sandbox = await open(everyWebhookLost);
    const app = await start("express", sandbox, { STORE_URL: database.url });
    await expectEachOnce(app, await createAll(app, sandbox));
    expect(await app.stop()).toBe(0);
  });
});

const badRequests: readonly (readonly [what: string, body: unknown])[] = [
  ["half a JSON", '{"prompt":'],
  ["a list", [{ prompt: "one" }]],
  ["no prompt", { model: "google/veo-3" }],
  ["a blank prompt", { prompt: "  " }],
  ["a prompt that is no text", { prompt: 7 }],
  ["a model that is no text", { prompt: "one", model: 7 }],
  ["an unknown sender", { prompt: "one", sender: "../ai-stats" }],
  ["a sender without jobs", { prompt: "one", sender: "videogen" }],
  ["a prompt that is too large", { prompt: "x".repeat(70_000) }],
  ["events of no kind", { prompt: "one", events: ["job.exploded"] }],
  ["events that are no list", { prompt: "one", events: "job.completed" }],
];

const keys: readonly string[] = [...Object.values(jobKeys), ...Object.values(appSecrets)];

describe.each(appNames)("the %s app, with jobs", (name) => {
  it("follows jobs whose webhooks are lost, and jobs whose webhooks are not", async () => {
    const sandbox = await open(everyWebhookLost);
    const app = await start(name, sandbox);
    const lost = await createAll(app, sandbox);
    await expectEachOnce(app, lost);
    expect(sandbox.deliveries.filter(({ kind }) => kind !== "dropped")).toEqual([]);
    sandbox.configure({ faults: { dropAttempts: 0, duplicates: 1, concurrent: 1 } });
    await expectEachOnce(app, { ...lost, ...(await createAll(app, sandbox)) });
    await expect.poll(() => sandbox.deliveries.some(({ status }) => status === 200)).toBe(true);
    expect(await app.stop()).toBe(name === "next" ? 143 : 0);
  });

  it("answers bad requests 400, a failing sender 502, an unknown id 404, and shows no key", async () => {
    const sandbox = await open({ apiKey: "another-key" });
    const app = await start(name, sandbox);
    for (const [what, body] of badRequests) {
      const { status, text } = await postJob(app.url, body);
      expect([status, typeof (JSON.parse(text) as { error: unknown }).error], what).toEqual([400, "string"]);
    }
    for (const sender of ["ai-stats", "creativeai"]) {
      const { status, text } = await postJob(app.url, { sender, prompt: "one" });
      expect([status, JSON.parse(text)]).toEqual([502, expect.objectContaining({ error: "unauthorized" })]);
      for (const key of keys) expect(text).not.toContain(key);
    }
    expect((await fetch(`${app.url}/jobs/none%2F..`)).status).toBe(404);
    expect(await listJobs(app.url)).toEqual([]);
    expect(sandbox.jobs).toEqual([]);
    for (const key of keys) expect(app.output).not.toContain(key);
  });

  it("answers 502 while the sender is away, and has no jobs without SENDER_URL", async () => {
    const away = await start(name, { url: nowhere });
    const { status, text } = await postJob(away.url, { prompt: "one" });
    expect([status, JSON.parse(text)]).toEqual([502, expect.objectContaining({ error: "unreachable" })]);

    const without = await startApp(name);
    running.push(without);
    const answers = [
      await postJob(without.url, { prompt: "one" }),
      ...(await Promise.all(["/jobs", "/jobs/one"].map((path) => get(without.url + path)))),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(JSON.parse(answer.text)).toEqual({
        error: "no-sender",
        message: expect.stringContaining("SENDER_URL"),
      });
    }
  });
});

async function get(url: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}
