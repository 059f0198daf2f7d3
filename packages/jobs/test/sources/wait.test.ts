import type { ServerResponse } from "node:http";
import { aiStatsJobs, creativeaiJobs } from "@latchhook/jobs";
import { expect, test } from "vitest";
import { json, rawServer } from "../support/raw-server.ts";

const apiKey = "key_2f9b6c71c44e";

type Answer = (response: ServerResponse) => unknown;
const state =
  (status: string, more: object = {}): Answer =>
  (response) =>
    json(response, 200, { id: "j1", status, ...more });

/** A server that answers with each in turn, and with the last for ever. */
async function script(...answers: readonly Answer[]) {
  const times: number[] = [];
  const server = await rawServer((response) => {
    times.push(performance.now());
    return answers[Math.min(times.length, answers.length) - 1]?.(response);
  });
  return { ...server, times };
}

test("polls until the end, through all trouble that may pass, and reports progress", async () => {
  const { url, times } = await script(
    state("queued"),
    (response) => response.writeHead(500).end(),
    (response) => response.end("<html>"),
    (response) => response.destroy(),
    state("dreaming"),
    state("in_progress", { progress: 40 }),
    state("in_progress", { progress: 40 }),
    state("completed", { progress: 100 }),
  );
  const seen: string[] = [];
  const onProgress = ({ status, progress }: { status: string; progress: number | null }) => {
    seen.push(`${status} ${progress}`);
    throw new Error("an observer that fails");
  };
  const result = await aiStatsJobs({ apiKey, baseUrl: url }).wait("j1", { intervalMs: 5, onProgress });
  expect(result).toMatchObject({ ok: true, job: { status: "completed", terminal: true } });
  expect(seen).toEqual(["queued null", "processing 40", "completed 100"]);
  expect(times).toHaveLength(8);
});

test.each(["failed", "cancelled", "expired"])("an end is an end: %s", async (status) => {
  const { url } = await script(state("queued"), state(status, { error: { message: "No." } }));
  const result = await aiStatsJobs({ apiKey, baseUrl: url }).wait("j1", { intervalMs: 5 });
  expect(result).toMatchObject({ ok: true, job: { status, terminal: true, errorMessage: "No." } });
});

test.each([
  ["aiStatsJobs", aiStatsJobs, { poll_after_seconds: 0.2 }],
  ["creativeaiJobs", creativeaiJobs, {}],
] as const)("%s keeps the pause that is asked for, and adds jitter only", async (_name, source, more) => {
  const { url, times } = await script(state("processing", more), state("completed"));
  const intervalMs = source === creativeaiJobs ? 200 : undefined;
  await source({ apiKey, baseUrl: url }).wait("j1", { intervalMs });
  const pause = (times[1] ?? 0) - (times[0] ?? 0);
  expect(pause).toBeGreaterThanOrEqual(195);
  expect(pause).toBeLessThan(600);
});

test("without an interval CreativeAI is polled every 5 s: a shorter wait gives up before the second poll", async () => {
  const { url, times } = await script(state("processing"));
  const result = await creativeaiJobs({ apiKey, baseUrl: url }).wait("j1", { timeoutMs: 4_900 });
  expect(result).toMatchObject({ ok: false, error: { code: "gave-up", retryable: false } });
  expect(times).toHaveLength(1);
});

test.each([
  ["429 in seconds", 429, () => "1"],
  ["503 as a date", 503, () => new Date(Date.now() + 2_000).toUTCString()],
])("honours Retry-After: %s", async (_name, status, retryAfter) => {
  const { url, times } = await script(
    (response) => json(response, status, {}, { "retry-after": retryAfter() }),
    state("completed"),
  );
  expect(await aiStatsJobs({ apiKey, baseUrl: url }).wait("j1", { intervalMs: 5 })).toMatchObject({
    ok: true,
  });
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(900);
});

test("gives up at once where the sender asks for more patience than there is", async () => {
  const { url } = await script((response) => json(response, 429, {}, { "retry-after": "3600" }));
  const result = await aiStatsJobs({ apiKey, baseUrl: url }).wait("j1", { timeoutMs: 5_000 });
  expect(result).toMatchObject({
    ok: false,
    error: { code: "gave-up", last: { code: "rate-limited", retryAfterMs: 3_600_000 } },
  });
});

test.each([
  ["a job that vanished", 404, "not-found"],
  ["a key that is refused", 401, "unauthorized"],
])("ends at %s", async (_name, status, code) => {
  const { url, times } = await script(state("processing"), (response) => json(response, status, {}));
  const result = await aiStatsJobs({ apiKey, baseUrl: url }).wait("j1", { intervalMs: 5 });
  expect(result).toMatchObject({ ok: false, error: { code } });
  expect(times).toHaveLength(2);
});

test("an abort ends the pause at once", async () => {
  const { url } = await script(state("processing"));
  const started = performance.now();
  const result = await aiStatsJobs({ apiKey, baseUrl: url }).wait("j1", { signal: AbortSignal.timeout(100) });
  expect(result).toMatchObject({ ok: false, error: { code: "aborted" } });
  expect(performance.now() - started).toBeLessThan(3_000);
});

test.each([0, -1, Number.NaN])("refuses a wait of %d ms", async (limit) => {
  const jobs = aiStatsJobs({ apiKey, baseUrl: "http://127.0.0.1:9" });
  await expect(jobs.wait("j1", { timeoutMs: limit })).rejects.toMatchObject({ code: "invalid-option" });
  await expect(jobs.wait("j1", { intervalMs: limit })).rejects.toMatchObject({ code: "invalid-option" });
});
