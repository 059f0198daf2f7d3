import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { aiStatsJobs, type JobErrorCode, type JobTracker, trackJobs } from "@latchhook/jobs";
import { sqliteJobs } from "@latchhook/jobs/sqlite";
import { type Sandbox, startSandbox } from "@latchhook/sandbox";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { failure } from "../src/result.ts";

// The page's files are written as they stand, and imported: what a reader copies is what runs here.
const page = readFileSync(resolve(import.meta.dirname, "../../../docs/jobs.md"), "utf8");
const folder = mkdtempSync(join(import.meta.dirname, ".docs-"));
const secret = "whsec_docs";

const files = new Map(
  [...page.matchAll(/^```ts\n\/\/ (\S+\.ts)\n([\s\S]*?)^```$/gm)].map((match) => [
    match[1] ?? "",
    match[2] ?? "",
  ]),
);

async function load(name: string): Promise<Record<string, never>> {
  return import(/* @vite-ignore */ join(folder, name));
}

let sandbox: Sandbox;

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(async () => {
  sandbox = await startSandbox({ speed: 500 });
  vi.stubEnv("SENDER_URL", sandbox.url);
  vi.stubEnv("DATABASE_PATH", join(folder, "app.db"));
  for (const name of ["AI_STATS", "CREATIVEAI", "VIDEOGEN"]) vi.stubEnv(`${name}_API_KEY`, "docs-key");
  vi.stubEnv("AI_STATS_WEBHOOK_SECRET", secret);
  vi.stubEnv("AI_STATS_MANAGEMENT_KEY", "docs-management-key");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await sandbox.close();
});

test("every TypeScript snippet of the page is one of the files that run here", () => {
  expect([...files.keys()].sort()).toEqual([
    "app.ts",
    "batches.ts",
    "download.ts",
    "endpoints.ts",
    "postgres.ts",
    "videogen-jobs.ts",
    "videogen.ts",
    "with-sandbox.ts",
  ]);
  expect(page.match(/^```ts$/gm)).toHaveLength(files.size);
});

test("the whole loop: created, tracked, received; and with the webhook lost, reconciled", async () => {
  const probe = (await import("express")).default().listen(0, "127.0.0.1");
  const { port } = await new Promise<AddressInfo>((done) =>
    probe.on("listening", () => done(probe.address() as AddressInfo)),
  );
  await new Promise((done) => probe.close(done));
  const url = `http://127.0.0.1:${port}`;
  vi.stubEnv("WEBHOOK_URL", `${url}/webhooks/ai-stats`);
  const { app, jobs, videos } = (await load("app.ts")) as unknown as {
    app: { listen(port: number, host: string): { close(): void } };
    jobs: import("@latchhook/jobs").JobTracker;
    videos: Map<string, string>;
  };
  const server = app.listen(port, "127.0.0.1");
  const create = async (): Promise<string> => {
    const body = JSON.stringify({ prompt: "A paper boat" });
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${url}/jobs`, { method: "POST", headers, body });
    expect(response.status).toBe(202);
    return ((await response.json()) as { id: string }).id;
  };
  try {
    const received = await create();
    await expect.poll(async () => (await jobs.get(received))?.settled).toBe(true);
    sandbox.configure({ faults: { dropAttempts: "all" } });
    const lost = await create();
    await expect.poll(() => sandbox.jobs.every(({ endedAt }) => endedAt !== null)).toBe(true);
    expect(videos.has(lost)).toBe(false);
    expect(await jobs.check(lost)).toBe("delivered");
    expect([...videos]).toEqual([
      [received, "completed"],
      [lost, "completed"],
    ]);
    const shown = await fetch(`${url}/jobs/${lost}`);
    expect(await shown.json()).toMatchObject({ id: lost, status: "completed", settled: true });
    expect((await fetch(`${url}/jobs/nobody`)).status).toBe(404);
  } finally {
    await jobs.stop();
    server.close();
  }
});

test("wait, then read", async () => {
  vi.spyOn(console, "log").mockImplementation(() => {});
  const { makeVideo } = (await load("download.ts")) as unknown as {
    makeVideo(prompt: string, file: string): Promise<string | null>;
  };
  const file = join(folder, "boat.mp4");
  expect(await makeVideo("A paper boat", file)).toBeNull();
  expect(await readFile(file, "utf8")).toContain("sandbox video");
  sandbox.configure({ life: { outcome: "failed" } });
  expect(await makeVideo("A paper boat", file)).toBe("The job ended as failed.");
});

test("VideoGen's endpoints", async () => {
  const { registerEndpoint } = (await load("videogen.ts")) as unknown as {
    registerEndpoint(url: string, keep: (secret: string) => Promise<void>): Promise<string>;
  };
  const kept: string[] = [];
  const id = await registerEndpoint(
    "http://127.0.0.1:9/hook",
    async (signingSecret) => void kept.push(signingSecret),
  );
  expect([id, kept]).toEqual([expect.stringMatching(/./), [expect.stringMatching(/^whsec_/)]]);
});

test("AI Stats' endpoints", async () => {
  const { registerAiStats } = (await load("endpoints.ts")) as unknown as {
    registerAiStats(url: string, keep: (secret: string) => Promise<void>): Promise<string>;
  };
  const kept: string[] = [];
  const id = await registerAiStats("http://127.0.0.1:9/hook", async (given) => void kept.push(given));
  expect([id, kept]).toEqual([expect.stringMatching(/./), [expect.stringMatching(/^whsec_/)]]);
});

test("batches, and VideoGen's jobs", async () => {
  const { runBatch, followBatch } = (await load("batches.ts")) as unknown as {
    runBatch(jobs: JobTracker, file: string): Promise<string>;
    followBatch(jobs: JobTracker, id: string): Promise<void>;
  };
  const store = sqliteJobs({ path: join(folder, "batches.db") });
  const tracker = trackJobs({ source: aiStatsJobs({ baseUrl: sandbox.url }), store });
  const id = await runBatch(tracker, "file_1");
  await followBatch(tracker, "batch_2");
  expect(await tracker.get(id)).toMatchObject({ id, kind: "batch" });
  expect(await tracker.get("batch_2")).toMatchObject({ kind: "batch" });
  await store.close();

  const { jobs, followExport, resultsOf } = (await load("videogen-jobs.ts")) as unknown as {
    jobs: JobTracker;
    followExport(projectId: string, exportId: string): Promise<void>;
    resultsOf(executionId: string): Promise<unknown>;
  };
  await followExport("vg_proj_1", "vg_expo_1");
  expect(await jobs.get("vg_expo_1")).toMatchObject({ kind: "project_export", projectId: "vg_proj_1" });
  const { jobId } = sandbox.startVideogen({ kind: "tool_execution", sandbox: { durationMs: 1 } });
  expect(await resultsOf(jobId)).toMatchObject([{ type: "video" }]);
});

test("the sandbox within a test", async () => {
  const { withoutWebhooks } = (await load("with-sandbox.ts")) as unknown as {
    withoutWebhooks(use: (url: string) => Promise<void>): Promise<void>;
  };
  const settings: unknown[] = [];
  await withoutWebhooks(async (url) => void settings.push(await (await fetch(`${url}/_sandbox`)).json()));
  expect(settings).toMatchObject([{ speed: 100, faults: { dropAttempts: "all" } }]);
});

test("the table on PostgreSQL is made without a connection", async () => {
  expect(Object.keys(await load("postgres.ts")).sort()).toEqual(["jobs", "migrate", "store"]);
});

describe("the tables", () => {
  const cells = (heading: string) => {
    const section = page.slice(page.indexOf(`## ${heading}\n`)).split(/\n## /)[0] ?? "";
    return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]);
  };
  const source = (path: string) => readFileSync(resolve(import.meta.dirname, "../src", path), "utf8");

  test("hold every error code, and whether it is worth another try", () => {
    const union = /JobErrorCode =([\s\S]*?);\n\n/.exec(source("result.ts"))?.[1] ?? "";
    const codes = [...union.matchAll(/\| "([a-z-]+)"/g)].map((match) => match[1] as JobErrorCode);
    expect(cells("Errors")).toEqual(codes);
    for (const code of codes) {
      const retryable = failure(code, "").error.retryable ? "yes" : "no";
      expect(page).toContain(`| \`${code}\` | ${retryable} |`);
    }
  });

  test("hold every rule of subscriptions", () => {
    const text = source("subscription/webhook-url.ts") + source("subscription/webhook-subscription.ts");
    const rules = new Set(
      [...text.matchAll(/"((?:url|endpoint|events?|secret)-[a-z-]+)"/g)].map((match) => match[1]),
    );
    expect(cells("Subscriptions").sort()).toEqual([...rules].sort());
  });
});
