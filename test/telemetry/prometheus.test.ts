import type { Instrument, Store, StoreInbox } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import { aiStatsJobs, trackJobs } from "@latchhook/jobs";
import { sqliteJobs } from "@latchhook/jobs/sqlite";
import { prometheus } from "@latchhook/telemetry/prometheus";
import Database from "libsql";
import { Registry } from "prom-client";
import { afterEach, describe, expect, test } from "vitest";
import { scrape, seriesValue } from "./support/scrape.ts";
import { type TelemetryApp, telemetryApp } from "./support/telemetry-app.ts";

const labels = { provider: "ai-stats", scope: "" };
const buckets = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "+Inf"];

/** All that is promised: name, type, help, labels. */
const promised = [
  [
    "latchhook_requests_total",
    "counter",
    "Requests that were answered, by how they ended.",
    "provider scope outcome",
  ],
  [
    "latchhook_refusals_total",
    "counter",
    "Requests that were refused with a status of 400 to 499, by reason.",
    "provider scope reason",
  ],
  [
    "latchhook_request_duration_seconds",
    "histogram",
    "Time from the receipt of a request to its answer.",
    "provider scope outcome",
  ],
  [
    "latchhook_persist_duration_seconds",
    "histogram",
    "Time that the callback took, or had taken when its lease was lost.",
    "provider scope outcome",
  ],
  [
    "latchhook_store_duration_seconds",
    "histogram",
    "Time that the store took for an operation.",
    "store operation result",
  ],
  [
    "latchhook_secret_matches_total",
    "counter",
    "Requests by which of the configured secrets verified them, counted from 0.",
    "provider scope index",
  ],
  [
    "latchhook_in_flight",
    "gauge",
    "Requests and deliveries that have begun and not ended.",
    "provider scope",
  ],
  [
    "latchhook_last_success_timestamp_seconds",
    "gauge",
    "When this process last processed a delivery, in seconds since the epoch.",
    "provider scope",
  ],
  [
    "latchhook_deliveries",
    "gauge",
    "Deliveries in the inbox that have not succeeded; 1001 means more than 1000.",
    "provider scope state",
  ],
  [
    "latchhook_oldest_failed_age_seconds",
    "gauge",
    "Time since the oldest delivery that has not succeeded came first; 0 where there is none.",
    "provider scope",
  ],
  ["latchhook_jobs", "gauge", "Tracked jobs by status.", "provider status"],
  ["latchhook_inbox_dropped_total", "counter", "Attempts that could not be written to an inbox.", ""],
] as const;

let served: TelemetryApp | undefined;
afterEach(async () => {
  await served?.close();
  served = undefined;
});

async function serve(...parameters: Parameters<typeof telemetryApp>): Promise<TelemetryApp> {
  served = await telemetryApp(...parameters);
  return served;
}

function tracker() {
  const store = sqliteJobs({ database: new Database(":memory:") });
  return trackJobs({ source: aiStatsJobs({ apiKey: "key" }), store });
}

/** One of everything: two processed, one failed, a duplicate, a forgery; four jobs. */
async function happen(register: Registry): Promise<TelemetryApp> {
  const jobs = tracker();
  const app = await serve(prometheus({ register, jobs: [jobs] }));
  for (const id of ["one", "two", "three"]) await jobs.track({ id });
  await jobs.track({ id: "four", status: "completed" });
  expect(await app.send({ jobId: "one" })).toBe(200);
  expect(await app.send({ jobId: "one" })).toBe(200);
  expect(await app.send({ jobId: "two", secret: "whsec_before-0123456789" })).toBe(200);
  expect(await app.send({ jobId: "two", secret: "whsec_forged-0123456789" })).toBe(401);
  app.fails = new Error("no room for video_secret_4711");
  expect(await app.send({ jobId: "three" })).toBe(500);
  return app;
}

describe("prometheus", () => {
  test("registers exactly the promised metrics, with their types, texts, labels and buckets", async () => {
    const register = new Registry();
    await happen(register);
    const scraped = await scrape(register);
    expect([...scraped.keys()].sort()).toEqual(promised.map(([name]) => name).sort());
    for (const [name, type, help, labelNames] of promised) {
      const metric = scraped.get(name);
      expect(metric, name).toMatchObject({ type, help });
      expect(metric?.series.length, name).toBeGreaterThan(0);
      const wanted = labelNames === "" ? [] : labelNames.split(" ");
      for (const series of metric?.series ?? []) {
        const found = Object.keys(series.labels).filter((label) => label !== "le");
        expect(found, name).toEqual(wanted);
      }
      const ends = new Set(metric?.series.map((series) => series.labels.le).filter(Boolean));
      expect([...ends], name).toEqual(type === "histogram" ? buckets : []);
    }
  });

  test("tells what happened", async () => {
    const register = new Registry();
    const before = Date.now() / 1_000;
    await happen(register);
    const scraped = await scrape(register);
    const value = (name: string, more: Record<string, string>) =>
      seriesValue(scraped, `latchhook_${name}`, more);
    expect(value("requests_total", { ...labels, outcome: "processed" })).toBe(2);
    expect(value("requests_total", { ...labels, outcome: "duplicate" })).toBe(1);
    expect(value("requests_total", { ...labels, outcome: "unauthentic" })).toBe(1);
    expect(value("requests_total", { ...labels, outcome: "persist-failed" })).toBe(1);
    expect(value("refusals_total", { ...labels, reason: "signature-mismatch" })).toBe(1);
    expect(value("request_duration_seconds_count", { ...labels, outcome: "processed" })).toBe(2);
    expect(value("persist_duration_seconds_count", { ...labels, outcome: "processed" })).toBe(2);
    expect(value("persist_duration_seconds_count", { ...labels, outcome: "persist-failed" })).toBe(1);
    const store = { store: "memory" };
    expect(value("store_duration_seconds_count", { ...store, operation: "claim", result: "claimed" })).toBe(
      3,
    );
    expect(value("store_duration_seconds_count", { ...store, operation: "claim", result: "completed" })).toBe(
      1,
    );
    expect(value("store_duration_seconds_count", { ...store, operation: "complete", result: "ok" })).toBe(2);
    expect(value("store_duration_seconds_count", { ...store, operation: "fail", result: "ok" })).toBe(1);
    expect(value("secret_matches_total", { ...labels, index: "0" })).toBe(1);
    expect(value("secret_matches_total", { ...labels, index: "1" })).toBe(3);
    expect(value("in_flight", labels)).toBe(0);
    expect(value("last_success_timestamp_seconds", labels)).toBeGreaterThanOrEqual(before);
    expect(value("deliveries", { ...labels, state: "failed" })).toBe(1);
    expect(value("deliveries", { ...labels, state: "dead" })).toBe(0);
    expect(value("oldest_failed_age_seconds", labels)).toBeGreaterThanOrEqual(0);
    expect(value("jobs", { provider: "ai-stats", status: "queued" })).toBe(3);
    expect(value("jobs", { provider: "ai-stats", status: "completed" })).toBe(1);
    expect(value("inbox_dropped_total", {})).toBe(0);
  });

  test("has no key, id, path or text of an error in any label", async () => {
    const register = new Registry();
    const app = await happen(register);
    const text = await register.metrics();
    const { deliveries } = await app.inbox.list();
    expect(deliveries.length).toBeGreaterThan(0);
    for (const { key, eventId, jobId, type } of deliveries) {
      for (const secret of [key, eventId, jobId ?? "none", type]) expect(text).not.toContain(`"${secret}"`);
    }
    expect(text).not.toMatch(/4711|webhooks|127\.0\.0\.1|Error/);
  });

  test("measures a callback that outlives its answer once, at its end", async () => {
    const register = new Registry();
    let finish = (): void => {};
    const persist = () => new Promise<void>((resolve) => (finish = resolve));
    const app = await serve(prometheus({ register }), { persist, deadlineMs: 80, waitMs: 20 });
    expect(await app.send()).toBe(503);
    const meanwhile = await scrape(register);
    expect(seriesValue(meanwhile, "latchhook_in_flight", labels)).toBe(1);
    expect(seriesValue(meanwhile, "latchhook_persist_duration_seconds_count", labels)).toBeUndefined();
    finish();
    await expect.poll(async () => seriesValue(await scrape(register), "latchhook_in_flight", labels)).toBe(0);
    const scraped = await scrape(register);
    const outcomes = scraped.get("latchhook_requests_total")?.series.map((series) => series.labels.outcome);
    expect(outcomes).toEqual(["deadline-exceeded"]);
    const late = { ...labels, outcome: "processed" };
    expect(seriesValue(scraped, "latchhook_persist_duration_seconds_count", late)).toBe(1);
    expect(seriesValue(scraped, "latchhook_persist_duration_seconds_sum", late)).toBeGreaterThan(0.05);
    expect(seriesValue(scraped, "latchhook_last_success_timestamp_seconds", labels)).toBeGreaterThan(0);
  });

  test("counts a replay as a success, but not as a request", async () => {
    const register = new Registry();
    const app = await serve(prometheus({ register }));
    app.fails = new Error("away");
    expect(await app.send()).toBe(500);
    app.fails = undefined;
    const [delivery] = (await app.inbox.list()).deliveries;
    await app.inbox.replay(delivery?.key ?? "", { actor: "somebody" });
    const scraped = await scrape(register);
    expect(seriesValue(scraped, "latchhook_requests_total", labels)).toBe(1);
    expect(seriesValue(scraped, "latchhook_persist_duration_seconds_count", { outcome: "processed" })).toBe(
      1,
    );
    expect(seriesValue(scraped, "latchhook_last_success_timestamp_seconds", labels)).toBeGreaterThan(0);
    expect(seriesValue(scraped, "latchhook_deliveries", { ...labels, state: "failed" })).toBe(0);
  });

  test("counts what an inbox drops, over all that a receiver ever had", async () => {
    const register = new Registry();
    const instrument = prometheus({ register });
    const inboxThatDropped = (count: number) => ({ dropped: () => count, tally: async () => [] });
    instrument.attach?.({ ...labels, inbox: inboxThatDropped(2) as never });
    expect(seriesValue(await scrape(register), "latchhook_inbox_dropped_total")).toBe(2);
    expect(seriesValue(await scrape(register), "latchhook_inbox_dropped_total")).toBe(2);
    instrument.attach?.({ ...labels, inbox: inboxThatDropped(1) as never });
    instrument.attach?.({ ...labels, scope: "other", inbox: inboxThatDropped(4) as never });
    expect(seriesValue(await scrape(register), "latchhook_inbox_dropped_total")).toBe(7);
  });

  test("leaves out what fails or does not answer in time, and asks it no second time meanwhile", async () => {
    const register = new Registry();
    let asked = 0;
    const hanging = {
      counts: () => {
        asked++;
        return new Promise<never>(() => {});
      },
      get: async () => null,
    };
    const jobs = tracker();
    await jobs.track({ id: "one" });
    const memory = memoryStore();
    const inbox: StoreInbox = {
      ...(memory.inbox as StoreInbox),
      tally() {
        throw new Error("away");
      },
    };
    const store: Store = { ...memory, inbox };
    const app = await serve(prometheus({ register, jobs: [hanging, jobs] }), { store });
    expect(await app.send()).toBe(200);
    const startedAt = performance.now();
    const [scraped] = await Promise.all([scrape(register), scrape(register)]);
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    expect(asked).toBe(1);
    expect(seriesValue(scraped, "latchhook_requests_total", labels)).toBe(1);
    expect(seriesValue(scraped, "latchhook_jobs", { status: "queued" })).toBe(1);
    expect(seriesValue(scraped, "latchhook_deliveries", labels)).toBeUndefined();
  });

  test("serves several receivers, and is refused a second time on one registry", async () => {
    const register = new Registry();
    const instrument: Instrument = prometheus({ register });
    const app = await serve(instrument, { scope: "one" });
    await app.send();
    await app.close();
    await (await serve(instrument, { scope: "two" })).send();
    const scraped = await scrape(register);
    for (const scope of ["one", "two"]) {
      expect(seriesValue(scraped, "latchhook_requests_total", { scope })).toBe(1);
    }
    expect(() => prometheus({ register })).toThrow("already been registered");
  });
});
