import type { IncomingMessage } from "node:http";
import { fromNodeRequest, type NodeRequest } from "@latchhook/node";
import { formTimeoutMs, isFormType, type MonitorRequest, maxFormBytes, toFields } from "./monitor-request.ts";

/** What Express and proxies add to a request of `node:http`. */
interface RoutedRequest extends IncomingMessage {
  readonly originalUrl?: string | undefined;
  readonly protocol?: string | undefined;
}

/** Reads a request of `node:http`, whether or not a parser came before. */
export function fromNode(request: IncomingMessage): MonitorRequest {
  const received = fromNodeRequest(request, "");
  const url = urlOf(request);
  return {
    method: request.method ?? "GET",
    query: url.searchParams,
    request: new Request(url, { headers: headersOf(request) }),
    async readForm() {
      if (!isFormType(request.headers["content-type"])) return "not-a-form";
      const body = await received.readBody({ maxBytes: maxFormBytes, timeoutMs: formTimeoutMs });
      if (body.ok) return toFields(body.bytes);
      if (body.reason === "too-large") return "too-large";
      return parsedFields(request) ?? "unreadable";
    },
  };
}

/** Only path and query are believed; the host is whatever the client says. */
function urlOf(request: IncomingMessage): URL {
  const { originalUrl, url = "/", protocol = "http" } = request as RoutedRequest;
  const path = originalUrl ?? url;
  const base = `${protocol === "https" ? "https" : "http"}://${request.headers.host ?? "localhost"}`;
  const origin = URL.canParse(base) ? base : "http://localhost";
  // Not resolved against the origin: a path such as `//else.where` would be taken for another host.
  const text = `${origin}/${path.replace(/^\/+/, "")}`;
  return new URL(URL.canParse(text) ? text : origin);
}

function headersOf({ headers }: IncomingMessage): Headers {
  const result = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const one of Array.isArray(value) ? value : [value ?? ""]) {
      try {
        result.append(name, one);
      } catch {
        // Node lets through values that Fetch does not know; nobody is let in for one of those.
      }
    }
  }
  return result;
}

/** The form as `express.urlencoded()` has left it. */
function parsedFields(request: NodeRequest): URLSearchParams | undefined {
  const { body } = request;
  if (typeof body !== "object" || body === null) return undefined;
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) if (typeof value === "string") fields.append(name, value);
  return fields;
}
