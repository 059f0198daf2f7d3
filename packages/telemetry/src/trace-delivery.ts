import {
  type DeliveryInstrument,
  type DeliveryStart,
  type Outcome,
  readHeader,
  statusOf,
} from "@latchhook/core";
import {
  type Context,
  context,
  type Link,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { CountedJobs } from "./counted-jobs.ts";
import { readTraceparent } from "./traceparent.ts";
import { within } from "./within.ts";

/** For how long a span waits for where its job was created. It ends when it ended all the same. */
const longestWaitMs = 2_000;

/** The spans of one delivery: one for all of it, and one for each phase. */
export function traceDelivery(
  tracer: Tracer,
  trackers: readonly CountedJobs[],
  start: DeliveryStart,
): DeliveryInstrument {
  const parent = context.active();
  const span = tracer.startSpan(`latchhook process ${start.provider}`, spanOptions(start, parent), parent);
  const own = trace.setSpan(parent, span);
  const open = new Set<Span>();
  return {
    phase(phase) {
      const child = tracer.startSpan(phase, {}, own);
      open.add(child);
      return {
        run: (work) => context.with(trace.setSpan(own, child), work),
        ended(end) {
          if (!open.delete(child)) return;
          if (!end.ok) child.setStatus({ code: SpanStatusCode.ERROR });
          child.end();
        },
      };
    },
    ended(outcome) {
      // A callback that has lost its lease may never end, and a span that does not is never exported.
      for (const child of open) child.end();
      open.clear();
      describeOutcome(span, outcome);
      void endLinked(span, performance.now(), trackers, outcome);
    },
  };
}

function spanOptions({ provider, scope, source, headers }: DeliveryStart, parent: Context) {
  const attributes = { "latchhook.provider": provider, "latchhook.scope": scope, "latchhook.source": source };
  // Nothing has verified the header yet: a stranger's trace is linked to, and does not decide about ours.
  const named =
    trace.getSpan(parent) === undefined ? readTraceparent(readHeader(headers, "traceparent")) : undefined;
  const links: Link[] = named === undefined ? [] : [{ context: named }];
  return { kind: SpanKind.CONSUMER, attributes, links };
}

function describeOutcome(span: Span, { code, status, late, key, type, job }: Outcome): void {
  span.setAttributes({
    "latchhook.outcome": code,
    "http.response.status_code": status,
    ...(late ? { "latchhook.late": true } : undefined),
    ...(key === undefined ? undefined : { "latchhook.key": key }),
    ...(type === undefined ? undefined : { "latchhook.event.type": type }),
    ...(job ? { "latchhook.job.id": job.id } : undefined),
  });
  if (statusOf(code) < 400) return;
  span.setAttribute("error.type", code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Ends the span as of then, once it is known where its job was created. The delivery does not wait for that. */
async function endLinked(
  span: Span,
  endedAt: number,
  trackers: readonly CountedJobs[],
  { provider, job }: Outcome,
): Promise<void> {
  if (job && trackers.length > 0) {
    const created = await within(findCreator(trackers, provider, job.id), longestWaitMs, undefined);
    if (created !== undefined) span.addLink({ context: created });
  }
  span.end(endedAt);
}

async function findCreator(trackers: readonly CountedJobs[], provider: string, id: string) {
  for (const tracker of trackers) {
    const job = await tracker.get(id);
    const created = job?.provider === provider ? readTraceparent(job.traceparent) : undefined;
    if (created !== undefined) return created;
  }
  return undefined;
}
