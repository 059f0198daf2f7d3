import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { WireRequest, WireResponse } from "@latchhook/testing/wire";
import { expect } from "vitest";
import { type AppName, type RunningApp, startApp } from "../../apps/app/src/start-app.ts";
import { exchange } from "./wire.ts";

/** Runs `work` with a folder that outlives its processes, and deletes it. */
export async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "latchhook-conformance-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs `work` against an app, and ends it, also where the work fails. */
export async function withApp(
  name: AppName,
  environment: Readonly<Record<string, string>>,
  work: (app: RunningApp) => Promise<void>,
): Promise<void> {
  const app = await startApp(name, environment);
  try {
    await work(app);
  } finally {
    await app.kill();
  }
}

/** What came back: an answer, or nothing because the server was gone. */
export async function tryOnce(url: string, request: WireRequest): Promise<WireResponse | undefined> {
  try {
    return await exchange(url, request);
  } catch {
    return undefined;
  }
}

/** A lease lasts 4 s; a duplicate waits for up to 3 s at the server. */
const patienceMs = 12_000;

/** Sends like a patient sender until the answer is no longer 503. */
export async function retryUntilSettled(url: string, request: WireRequest): Promise<WireResponse> {
  const end = performance.now() + patienceMs;
  while (performance.now() < end) {
    const response = await exchange(url, request);
    if (response !== undefined && response.status !== 503) return response;
    await sleep(100);
  }
  throw new Error(`Still 503 after ${patienceMs} ms.`);
}

/** Fails unless `/events` has one row for each of the jobs. */
export async function expectOneRowEach(app: RunningApp, jobIds: readonly string[]): Promise<void> {
  const rows = await app.events();
  expect(rows.map(({ jobId }) => jobId).sort()).toEqual([...jobIds].sort());
}
