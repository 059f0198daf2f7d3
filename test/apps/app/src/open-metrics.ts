import type { Instrument } from "@latchhook/core";
import type { JobCount } from "@latchhook/telemetry";
import { prometheus } from "@latchhook/telemetry/prometheus";
import { Registry } from "prom-client";

/** What `GET /metrics` answers. */
export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** Measures the app's receivers. */
export interface Metrics {
  readonly instrument: Instrument;
  read(): Promise<MetricsText>;
}

/** Opens a registry of the app's own, so that what it tells is latchhook's alone. */
export function openMetrics(countJobs: () => Promise<readonly JobCount[]>): Metrics {
  const register = new Registry();
  // One source for all trackers: they are opened later, for what they deliver is measured here.
  const jobs = [{ counts: countJobs, get: async () => null }];
  return {
    instrument: prometheus({ register, jobs }),
    read: async () => ({ contentType: register.contentType, text: await register.metrics() }),
  };
}
