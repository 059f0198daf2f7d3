import { context, isSpanContextValid, type SpanContext, trace } from "@opentelemetry/api";

/** Version 00 of https://www.w3.org/TR/trace-context/#traceparent-header; later ones may go on after it. */
const form = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;

/**
 * The active span as a header `traceparent` says it; undefined where there is none.
 *
 * @example
 * const jobs = trackJobs({ source, store, traceparent: activeTraceparent });
 */
export function activeTraceparent(): string | undefined {
  const span = trace.getSpanContext(context.active());
  if (span === undefined || !isSpanContextValid(span)) return undefined;
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, "0");
  return `00-${span.traceId}-${span.spanId}-${flags}`;
}

/** The span that a `traceparent` names; undefined where it is none. */
export function readTraceparent(text: string | null | undefined): SpanContext | undefined {
  const [, traceId = "", spanId = "", flags = ""] = form.exec(text ?? "") ?? [];
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(span) ? span : undefined;
}
