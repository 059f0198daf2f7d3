import type { Instrument } from "@latchhook/core";
import { Counter, Gauge, register as globalRegister, Histogram, type Registry } from "prom-client";
import type { CountedJobs } from "./counted-jobs.ts";
import { metricInstrument } from "./metric-instrument.ts";
import { bucketsInSeconds, type Metric, metrics } from "./metrics.ts";
import type { Recorder } from "./recorder.ts";
import { createSources, type Sources } from "./sources.ts";

export interface PrometheusOptions {
  /** Where the metrics are registered, once. Default: the global one of `prom-client`. */
  readonly register?: Registry | undefined;
  /** Trackers whose jobs are counted. Default: none. */
  readonly jobs?: readonly CountedJobs[] | undefined;
}

/**
 * Measures receivers for Prometheus, over your own `prom-client`. One instrument serves any number of receivers. Inboxes
 * and jobs are counted when the metrics are read; one that does not answer within 2 s is left out of that reading.
 *
 * @throws Error of `prom-client` where `register` has metrics of these names already: make it once for each registry.
 * @example
 * const metrics = prometheus({ register });
 * app.post("/webhooks/ai-stats", webhook({ provider: aiStats(), store, persist, onOutcome: metrics }));
 * app.get("/metrics", async (request, response) => response.type(register.contentType).send(await register.metrics()));
 */
export function prometheus({ register = globalRegister, jobs = [] }: PrometheusOptions = {}): Instrument {
  const sources = createSources(jobs);
  const recorder = createRecorder(register);
  registerSources(register, sources);
  return metricInstrument(recorder, sources);
}

function configure({ name, help, labels }: Metric, register: Registry) {
  return { name, help, labelNames: [...labels], registers: [register] };
}

function createRecorder(register: Registry): Recorder {
  const counter = (metric: Metric) => new Counter(configure(metric, register));
  const histogram = (metric: Metric) =>
    new Histogram({ ...configure(metric, register), buckets: [...bucketsInSeconds] });
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
  const gauges = {
    inFlight: new Gauge(configure(metrics.inFlight, register)),
    lastSuccess: new Gauge(configure(metrics.lastSuccess, register)),
  };
  return {
    count: (metric, labels) => counters[metric].inc(labels),
    observe: (metric, labels, seconds) => histograms[metric].observe(labels, seconds),
    move: (metric, labels, by) => gauges[metric].inc(labels, by),
    set: (metric, labels, value) => gauges[metric].set(labels, value),
  };
}

/** Metrics that are asked for when the registry is read. */
function registerSources(register: Registry, sources: Sources): void {
  for (const name of ["deliveries", "oldestFailedAge", "jobs"] as const) {
    new Gauge({
      ...configure(metrics[name], register),
      async collect() {
        const readings = await sources.read();
        this.reset();
        for (const { metric, labels, value } of readings) if (metric === name) this.set(labels, value);
      },
    });
  }
  let told = 0;
  new Counter({
    ...configure(metrics.inboxDropped, register),
    collect() {
      const dropped = sources.dropped();
      this.inc(dropped - told);
      told = dropped;
    },
  });
}
