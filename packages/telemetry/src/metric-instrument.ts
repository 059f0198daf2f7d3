import {
  type DeliveryInstrument,
  type DeliveryStart,
  type Instrument,
  type Outcome,
  type StoreOperation,
  statusOf,
} from "@latchhook/core";
import type { Labels, Recorder } from "./recorder.ts";
import type { Sources } from "./sources.ts";

/** An instrument that writes down what happens, and notes which inboxes are there to be read when metrics are. */
export function metricInstrument(recorder: Recorder, sources: Sources): Instrument {
  function recordOutcome(outcome: Outcome): void {
    const { provider, scope, code, late, source } = outcome;
    if (code === "processed") recorder.set("lastSuccess", { provider, scope }, Date.now() / 1_000);
    // A replay is no request, and neither is the end of one that was answered before.
    if (!late && source === "http") recordRequest(recorder, outcome);
  }
  return Object.assign(recordOutcome, {
    attach: sources.attach,
    begin: (start: DeliveryStart) => recordDelivery(recorder, start),
    storeOperation({ store, operation, result, durationMs }: StoreOperation): void {
      recorder.observe("storeDuration", { store, operation, result }, durationMs / 1_000);
    },
  });
}

function recordRequest(recorder: Recorder, outcome: Outcome): void {
  const { provider, scope, code, reason, secretIndex, durationMs } = outcome;
  recorder.count("requests", { provider, scope, outcome: code });
  recorder.observe("requestDuration", { provider, scope, outcome: code }, durationMs / 1_000);
  const status = statusOf(code);
  if (status >= 400 && status < 500) recorder.count("refusals", { provider, scope, reason: reason ?? code });
  if (typeof secretIndex === "number") {
    recorder.count("secretMatches", { provider, scope, index: String(secretIndex) });
  }
}

function recordDelivery(recorder: Recorder, { provider, scope }: DeliveryStart): DeliveryInstrument {
  const labels: Labels = { provider, scope };
  let startedAt: number | undefined;
  let endedAt: number | undefined;
  recorder.move("inFlight", labels, 1);
  return {
    phase(phase) {
      if (phase !== "persist") return undefined;
      startedAt = performance.now();
      return {
        ended() {
          endedAt = performance.now();
        },
      };
    },
    ended({ code }) {
      recorder.move("inFlight", labels, -1);
      if (startedAt === undefined) return;
      // A callback that has lost its lease may never end.
      const seconds = ((endedAt ?? performance.now()) - startedAt) / 1_000;
      recorder.observe("persistDuration", { ...labels, outcome: code }, seconds);
    },
  };
}
