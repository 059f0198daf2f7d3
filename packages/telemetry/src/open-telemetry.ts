import {
  type DeliveryInstrument,
  type DeliveryStart,
  type Instrument,
  LatchhookError,
  type Outcome,
} from "@latchhook/core";
import type { Meter, Tracer } from "@opentelemetry/api";
import type { CountedJobs } from "./counted-jobs.ts";
import { meterRecorder } from "./meter-recorder.ts";
import { metricInstrument } from "./metric-instrument.ts";
import { createSources } from "./sources.ts";
import { traceDelivery } from "./trace-delivery.ts";

export { activeTraceparent } from "./traceparent.ts";

export interface OpenTelemetryOptions {
  /** Makes the spans. Default: there are none. */
  readonly tracer?: Tracer | undefined;
  /** Makes the metrics. Default: there are none. */
  readonly meter?: Meter | undefined;
  /**
   * Trackers whose jobs are counted, and looked up for where they were created: a delivery's span has a link to the span
   * that `traceparent` of `trackJobs` noted. Default: none.
   */
  readonly jobs?: readonly CountedJobs[] | undefined;
}

/**
 * Traces and measures receivers for OpenTelemetry, over your own `@opentelemetry/api`. One instrument serves any number
 * of receivers. What the callback does has the span of `persist` as its active one.
 *
 * @throws LatchhookError `invalid-option` with neither tracer nor meter.
 * @example
 * const telemetry = openTelemetry({ tracer: trace.getTracer("webhooks"), meter: metrics.getMeter("webhooks") });
 * app.post("/webhooks/ai-stats", webhook({ provider: aiStats(), store, persist, onOutcome: telemetry }));
 */
export function openTelemetry({ tracer, meter, jobs = [] }: OpenTelemetryOptions): Instrument {
  if (tracer === undefined && meter === undefined) {
    throw new LatchhookError("invalid-option", "openTelemetry: pass a tracer, a meter, or both.");
  }
  const sources = createSources(jobs);
  const measure = meter && metricInstrument(meterRecorder(meter, sources), sources);
  function begin(start: DeliveryStart): DeliveryInstrument | undefined {
    const measured = measure?.begin(start);
    if (tracer === undefined) return measured;
    const traced = traceDelivery(tracer, jobs, start);
    return measured === undefined ? traced : both(traced, measured);
  }
  return Object.assign((outcome: Outcome) => measure?.(outcome), {
    begin,
    ...(measure && { attach: measure.attach, storeOperation: measure.storeOperation }),
  });
}

/** Tells both of one delivery. Phases run within the first. */
function both(traced: DeliveryInstrument, measured: DeliveryInstrument): DeliveryInstrument {
  return {
    phase(phase) {
      const measuring = measured.phase?.(phase);
      const tracing = traced.phase?.(phase);
      if (measuring === undefined || tracing === undefined) return tracing ?? measuring;
      return {
        run: (work) => tracing.run?.(work),
        ended(end) {
          tracing.ended?.(end);
          measuring.ended?.(end);
        },
      };
    },
    ended(outcome) {
      traced.ended?.(outcome);
      measured.ended?.(outcome);
    },
  };
}
