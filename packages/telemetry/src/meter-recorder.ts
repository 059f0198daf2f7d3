import type { BatchObservableResult, Meter } from "@opentelemetry/api";
import { bucketsInSeconds, type Metric, metrics } from "./metrics.ts";
import type { Recorder } from "./recorder.ts";
import type { Sources } from "./sources.ts";

/** The metrics over a meter of OpenTelemetry. Exporters for Prometheus give them the names that they have there. */
export function meterRecorder(meter: Meter, sources: Sources): Recorder {
  const counter = (metric: Metric) => meter.createCounter(nameOf(metric), { description: metric.help });
  const histogram = (metric: Metric) =>
    meter.createHistogram(nameOf(metric), {
      ...describe(metric),
      advice: { explicitBucketBoundaries: [...bucketsInSeconds] },
    });
  const counters = {
    requests: counter(metrics.requests),
    refusals: counter(metrics.refusals),
    secretMatches: counter(metrics.secretMatches),
  };
  const histograms = {
    requestDuration: histogram(metrics.requestDuration),
    persistDuration: histogram(metrics.persistDuration),
    storeDuration: histogram(metrics.storeDuration),
  };
  const inFlight = meter.createUpDownCounter(nameOf(metrics.inFlight), describe(metrics.inFlight));
  const lastSuccess = meter.createGauge(nameOf(metrics.lastSuccess), describe(metrics.lastSuccess));
  observeSources(meter, sources);
  return {
    count: (metric, labels) => counters[metric].add(1, labels),
    observe: (metric, labels, seconds) => histograms[metric].record(seconds, labels),
    move: (_metric, labels, by) => inFlight.add(by, labels),
    set: (_metric, labels, value) => lastSuccess.record(value, labels),
  };
}

/** Metrics that are asked for when they are exported. */
function observeSources(meter: Meter, sources: Sources): void {
  const gauge = (metric: Metric) => meter.createObservableGauge(nameOf(metric), describe(metric));
  const gauges = {
    deliveries: gauge(metrics.deliveries),
    oldestFailedAge: gauge(metrics.oldestFailedAge),
    jobs: gauge(metrics.jobs),
  };
  const dropped = meter.createObservableCounter(nameOf(metrics.inboxDropped), describe(metrics.inboxDropped));
  async function observe(result: BatchObservableResult): Promise<void> {
    for (const { metric, labels, value } of await sources.read()) {
      result.observe(gauges[metric], value, labels);
    }
    result.observe(dropped, sources.dropped());
  }
  meter.addBatchObservableCallback(observe, [...Object.values(gauges), dropped]);
}

/** `latchhook.request_duration` for `latchhook_request_duration_seconds`: unit and kind are said beside it. */
function nameOf({ name }: Metric): string {
  return name.replace(/_(?:total|seconds)$/, "").replace("_", ".");
}

function describe({ name, help }: Metric): { readonly description: string; readonly unit?: string } {
  return name.endsWith("_seconds") ? { description: help, unit: "s" } : { description: help };
}
