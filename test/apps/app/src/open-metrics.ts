import type { Instrument } from "@latchhook/core";
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
export function openMetrics(): Metrics {
  const register = new Registry();
  return {
    instrument: prometheus({ register }),
    read: async () => ({ contentType: register.contentType, text: await register.metrics() }),
  };
}
