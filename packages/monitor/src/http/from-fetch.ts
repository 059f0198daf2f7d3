import { fromFetchRequest } from "@latchhook/core";
import { formTimeoutMs, isFormType, type MonitorRequest, maxFormBytes, toFields } from "./monitor-request.ts";

/** Reads a Fetch request. */
export function fromFetch(request: Request): MonitorRequest {
  const { url, method, headers } = request;
  return {
    method,
    query: new URL(url).searchParams,
    // Its body stays unread for `readForm`.
    request: new Request(url, { method: method === "HEAD" ? "HEAD" : "GET", headers }),
    async readForm() {
      if (!isFormType(headers.get("content-type"))) return "not-a-form";
      const body = await fromFetchRequest(request).readBody({
        maxBytes: maxFormBytes,
        timeoutMs: formTimeoutMs,
      });
      if (body.ok) return toFields(body.bytes);
      return body.reason === "too-large" ? "too-large" : "unreadable";
    },
  };
}
