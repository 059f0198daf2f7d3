import { aiStatsJobs, trackJobs } from "@latchhook/jobs";
import { sqliteJobs } from "@latchhook/jobs/sqlite";
import { activeTraceparent, openTelemetry } from "@latchhook/telemetry/opentelemetry";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { Express } from "express";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type TelemetryApp, telemetryApp } from "./support/telemetry-app.ts";
import { startTracing } from "./support/tracing.ts";

const processing = "latchhook process ai-stats";

let tracing: ReturnType<typeof startTracing>;
let served: TelemetryApp | undefined;

beforeEach(() => {
  tracing = startTracing();
});

afterEach(async () => {
  await served?.close();
  served = undefined;
  await tracing.stop();
});

async function serve(...parameters: Parameters<typeof telemetryApp>): Promise<TelemetryApp> {
  served = await telemetryApp(...parameters);
  return served;
}

/** What an instrumentation of HTTP does: a span around the request, active in all that handles it. */
function traceRequests(app: Express): void {
  app.use((_request, response, next) => {
    tracing.tracer.startActiveSpan("POST /webhooks", { kind: SpanKind.SERVER }, (span) => {
      response.on("finish", () => span.end());
      next();
    });
  });
}

function expectChild(child: ReadableSpan, parent: ReadableSpan): void {
  expect(child.parentSpanContext?.spanId, child.name).toBe(parent.spanContext().spanId);
  expect(child.spanContext().traceId, child.name).toBe(parent.spanContext().traceId);
}

/** A job that was created in a span, and tracked. */
async function createJob(id: string) {
  const store = sqliteJobs({ database: new Database(":memory:") });
  const source = aiStatsJobs({ apiKey: "key" });
  const jobs = trackJobs({ source, store, traceparent: activeTraceparent });
  await tracing.tracer.startActiveSpan("create", async (span) => {
    await jobs.track({ id });
    span.end();
  });
  return { jobs, created: await tracing.ended("create") };
}

describe("spans", () => {
  test("are one under the HTTP span, with a child for each phase, and the callback's own spans below persist", async () => {
    const persist = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      tracing.tracer.startSpan("INSERT").end();
    };
    const instrument = openTelemetry({ tracer: tracing.tracer });
    const app = await serve(instrument, { persist, scope: "eu" }, traceRequests);
    expect(await app.send({ jobId: "video_1" })).toBe(200);
    const span = await tracing.ended(processing);
    expect(span.kind).toBe(SpanKind.CONSUMER);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    const [delivery] = (await app.inbox.list()).deliveries;
    expect(span.attributes).toEqual({
      "latchhook.provider": "ai-stats",
      "latchhook.scope": "eu",
      "latchhook.source": "http",
      "latchhook.outcome": "processed",
      "latchhook.key": delivery?.key,
      "latchhook.event.type": "video.completed",
      "latchhook.job.id": "video_1",
      "http.response.status_code": 200,
    });
    expectChild(span, await tracing.ended("POST /webhooks"));
    for (const phase of ["verify", "claim", "persist", "complete"]) {
      expectChild(await tracing.ended(phase), span);
    }
    expectChild(await tracing.ended("INSERT"), await tracing.ended("persist"));
    expect(span.links).toEqual([]);
  });

  test("say the outcome as error.type, and nothing of what was thrown", async () => {
    const app = await serve(openTelemetry({ tracer: tracing.tracer }));
    app.fails = new Error("secret text");
    expect(await app.send()).toBe(500);
    const failed = await tracing.ended(processing);
    expect(failed.attributes).toMatchObject({
      "error.type": "persist-failed",
      "latchhook.outcome": "persist-failed",
    });
    expect(failed.status).toEqual({ code: SpanStatusCode.ERROR });
    const persist = await tracing.ended("persist");
    expect(persist.status).toEqual({ code: SpanStatusCode.ERROR });
    expect([...failed.events, ...persist.events]).toEqual([]);
    expect(await app.send({ secret: "whsec_forged-0123456789" })).toBe(401);
    const refused = await tracing.ended(processing, 2);
    expect(refused.attributes).toMatchObject({
      "error.type": "unauthentic",
      "http.response.status_code": 401,
    });
    expect(tracing.names().filter((name) => name === "claim")).toHaveLength(1);
  });

  test("last until the callback ends, also where the deadline came first", async () => {
    const persist = () => new Promise((resolve) => setTimeout(resolve, 200));
    const instrument = openTelemetry({ tracer: tracing.tracer });
    const app = await serve(instrument, { persist, deadlineMs: 60, waitMs: 20 });
    expect(await app.send()).toBe(503);
    expect(tracing.names()).not.toContain(processing);
    const span = await tracing.ended(processing);
    expect(span.attributes).toMatchObject({
      "latchhook.outcome": "processed",
      "latchhook.late": true,
      "http.response.status_code": 503,
    });
    expect(span.attributes).not.toHaveProperty("error.type");
    expect(span.duration[1] / 1e6).toBeGreaterThan(150);
  });

  test("end, all of them, when the lease is lost by a callback that never returns", async () => {
    const persist = () => new Promise(() => {});
    const instrument = openTelemetry({ tracer: tracing.tracer });
    const app = await serve(instrument, { persist, leaseMs: 60, maxRunMs: 60 });
    expect(await app.send()).toBe(503);
    expect((await tracing.ended(processing)).attributes["error.type"]).toBe("lease-lost");
    expectChild(await tracing.ended("persist"), await tracing.ended(processing));
  });

  test("have a link to the span that created the job", async () => {
    const { jobs, created } = await createJob("video_1");
    const app = await serve(openTelemetry({ tracer: tracing.tracer, jobs: [jobs] }));
    expect(await app.send({ jobId: "video_1" })).toBe(200);
    const { traceId, spanId, traceFlags } = created.spanContext();
    const { links } = await tracing.ended(processing);
    expect(links).toEqual([
      expect.objectContaining({ context: { traceId, spanId, traceFlags, isRemote: true } }),
    ]);
    expect(await app.send({ jobId: "video_2" })).toBe(200);
    expect((await tracing.ended(processing, 2)).links).toEqual([]);
  });

  test("end in time where the tables of jobs hang or fail", async () => {
    const counts = async () => [];
    const failing = { counts, get: () => Promise.reject(new Error("away")) };
    const hanging = { counts, get: () => new Promise<never>(() => {}) };
    for (const [index, jobs] of [failing, hanging].entries()) {
      const app = await serve(openTelemetry({ tracer: tracing.tracer, jobs: [jobs] }));
      const startedAt = performance.now();
      expect(await app.send()).toBe(200);
      expect(performance.now() - startedAt).toBeLessThan(1_500);
      const span = await tracing.ended(processing, index + 1);
      expect(span.duration[0]).toBeLessThan(2);
      await app.close();
    }
    served = undefined;
  });

  test("of a trace that an unverified header names are roots with a link to it", async () => {
    const app = await serve(openTelemetry({ tracer: tracing.tracer }));
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    await app.send({ traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    const span = await tracing.ended(processing);
    expect(span.parentSpanContext).toBeUndefined();
    expect(span.spanContext().traceId).not.toBe(traceId);
    expect(span.links.map((link) => link.context)).toEqual([
      { traceId, spanId: "b7ad6b7169203331", traceFlags: 1, isRemote: true },
    ]);
  });

  test.each([
    "nonsense",
    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x",
  ])("have no link where a header says %s", async (traceparent) => {
    const app = await serve(openTelemetry({ tracer: tracing.tracer }));
    expect(await app.send({ traceparent })).toBe(200);
    expect((await tracing.ended(processing)).links).toEqual([]);
  });
});

describe("activeTraceparent", () => {
  test("names the active span as the header does", () => {
    const spanContext = {
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      traceFlags: 1,
    };
    const active = trace.setSpanContext(context.active(), spanContext);
    expect(context.with(active, activeTraceparent)).toBe(
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    );
    expect(activeTraceparent()).toBeUndefined();
  });
});

test("openTelemetry without tracer and meter says what to pass", () => {
  expect(() => openTelemetry({})).toThrow("pass a tracer, a meter, or both");
});
