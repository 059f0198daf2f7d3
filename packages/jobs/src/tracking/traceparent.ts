/** Version 00 of https://www.w3.org/TR/trace-context/#traceparent-header. */
const form = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The active trace context; null where there is none, or where what is asked fails. */
export function noteTraceparent(active: (() => string | undefined) | undefined): string | null {
  try {
    const traceparent = active?.();
    return typeof traceparent === "string" && form.test(traceparent) ? traceparent : null;
  } catch {
    // A job is tracked whatever becomes of its trace.
    return null;
  }
}
