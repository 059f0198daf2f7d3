import { type Metric, metrics } from "@latchhook/telemetry";
import { openTelemetry } from "@latchhook/telemetry/opentelemetry";
import { DataPointType, MeterProvider, type MetricData, MetricReader } from "@opentelemetry/sdk-metrics";
import { afterEach, expect, test } from "vitest";
import { type TelemetryApp, telemetryApp } from "./support/telemetry-app.ts";
import { startTracing } from "./support/tracing.ts";

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

let served: TelemetryApp | undefined;
const reader = new Reader();
const provider = new MeterProvider({ readers: [reader] });
afterEach(async () => {
  await served?.close();
  await provider.shutdown();
});

/** The name that exporters for Prometheus make of a metric. */
function prometheusName({ descriptor, dataPointType, ...data }: MetricData): string {
  const name = descriptor.name.replaceAll(".", "_") + (descriptor.unit === "s" ? "_seconds" : "");
  const counts = dataPointType === DataPointType.SUM && (data as { isMonotonic?: boolean }).isMonotonic;
  return counts ? `${name}_total` : name;
}

/** The kind of each that Prometheus knows. */
function prometheusType({ dataPointType, ...data }: MetricData): string {
  if (dataPointType === DataPointType.HISTOGRAM) return "histogram";
  return (data as { isMonotonic?: boolean }).isMonotonic ? "counter" : "gauge";
}

test("a meter gets the same metrics, with the labels as attributes", async () => {
  const tracing = startTracing();
  const jobs = {
    counts: async () => [{ provider: "ai-stats", status: "queued", count: 3 }],
    get: async () => null,
  };
  const instrument = openTelemetry({
    meter: provider.getMeter("test"),
    tracer: tracing.tracer,
    jobs: [jobs],
  });
  served = await telemetryApp(instrument);
  expect(await served.send({ jobId: "one" })).toBe(200);
  expect(await served.send({ jobId: "two", secret: "whsec_forged-0123456789" })).toBe(401);
  await tracing.stop();
  const { resourceMetrics, errors } = await reader.collect();
  expect(errors).toEqual([]);
  const collected = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
  const found = collected.map((metric) => ({
    name: prometheusName(metric),
    type: prometheusType(metric),
    help: metric.descriptor.description,
    labels: Object.keys(metric.dataPoints[0]?.attributes ?? {}),
  }));
  const byName = (one: Pick<Metric, "name">, other: Pick<Metric, "name">): number =>
    one.name.localeCompare(other.name);
  expect(found.sort(byName)).toEqual(Object.values<Metric>(metrics).sort(byName));
  const persisted = collected.find(({ descriptor }) => descriptor.name === "latchhook.persist_duration");
  expect(persisted?.dataPoints[0]?.value).toMatchObject({
    count: 1,
    buckets: { boundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] },
  });
  const jobsFound = collected.find(({ descriptor }) => descriptor.name === "latchhook.jobs");
  expect(jobsFound?.dataPoints).toEqual([
    expect.objectContaining({ attributes: { provider: "ai-stats", status: "queued" }, value: 3 }),
  ]);
});
