import type { Sandbox } from "@latchhook/sandbox";
import { expect } from "vitest";
import { type AppName, appSecrets, type RunningApp, startApp } from "../apps/app/src/start-app.ts";

/** A job as `GET /jobs` shows it. */
export interface ShownJob {
  readonly provider: string;
  readonly id: string;
  readonly status: string;
  readonly progress: number | null;
  readonly settled: boolean;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The API keys that apps with jobs are started with. */
export const jobKeys = {
  AI_STATS_API_KEY: "example-ai-stats-key",
  CREATIVEAI_API_KEY: appSecrets.CREATIVEAI_API_KEY,
} as const;

/** Starts an app whose jobs live in a sandbox, and which does not wait long before it asks. */
export function startWithJobs(
  name: AppName,
  sandbox: Pick<Sandbox, "url">,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningApp> {
  return startApp(name, {
    ...jobKeys,
    SENDER_URL: sandbox.url,
    RECONCILE_EVERY_MS: "40",
    OVERDUE_AFTER_MS: "60",
    ...environment,
  });
}

/** `POST /jobs` with any body. */
export async function postJob(url: string, body: unknown): Promise<Answer> {
  const response = await fetch(`${url}/jobs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

/** Creates a job, and sees that it can be found as soon as it is answered. */
export async function createJob(
  url: string,
  request: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { status, text } = await postJob(url, { prompt: "A paper boat in the rain", ...request });
  expect(status, text).toBe(202);
  const { id } = JSON.parse(text) as ShownJob;
  expect(await showJob(url, id)).toMatchObject({ id });
  return id;
}

/** `GET /jobs/:id` */
export async function showJob(url: string, id: string): Promise<ShownJob> {
  const response = await fetch(`${url}/jobs/${id}`);
  expect(response.status).toBe(200);
  return (await response.json()) as ShownJob;
}

/** `GET /jobs` */
export async function listJobs(url: string): Promise<readonly ShownJob[]> {
  const response = await fetch(`${url}/jobs`);
  expect(response.status).toBe(200);
  return (await response.json()) as ShownJob[];
}

/** Waits until the end of every tracked job was persisted, and returns how each of them ended. */
export async function settledJobs(url: string): Promise<Readonly<Record<string, string>>> {
  await expect
    .poll(async () => (await listJobs(url)).filter(({ settled }) => !settled), { timeout: 20_000 })
    .toEqual([]);
  return Object.fromEntries((await listJobs(url)).map(({ id, status }) => [id, status]));
}

/** The ends that `GET /events` shows, by job: one that was persisted twice is there twice. */
export async function persistedEnds(app: RunningApp): Promise<readonly (readonly string[])[]> {
  const ends = ["completed", "failed", "cancelled", "expired"];
  const events = await app.events();
  return events
    .filter(({ status, type }) => ends.includes(status ?? "") && !type.endsWith("progress"))
    .map(({ jobId, status }) => [jobId ?? "", status ?? ""])
    .toSorted();
}
