import type { IncomingMessage, ServerResponse } from "node:http";

/** One request, read and parsed. */
export interface Call {
  /** The groups of the route's path, decoded. */
  readonly parameters: readonly string[];
  readonly query: URLSearchParams;
  /** The bearer token, or an empty text. */
  readonly apiKey: string;
  /** The JSON object of the body, or an empty one. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The sandbox's own address, as this client sees it. */
  readonly origin: string;
}

export interface Reply {
  readonly status: number;
  readonly json?: unknown;
  readonly bytes?: Uint8Array;
  readonly contentType?: string;
}

export interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly handle: (call: Call) => Reply | Promise<Reply>;
}

/** An error in the form that AI Stats has; the others are close to it. */
export function errorReply(status: number, error: string, reason: string): Reply {
  const origin = status < 500 ? "user" : "gateway";
  const json = { error, reason, status_code: status, error_type: error, error_origin: origin };
  return { status, json };
}

const largestBody = 1_048_576;

/** Serves routes. What a handler throws as a RangeError is the client's mistake. */
export function serveRoutes(routes: readonly Route[], origin: () => string) {
  return async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = await answer(request, routes, origin()).catch((error: unknown) =>
      error instanceof RangeError
        ? errorReply(400, "validation_error", error.message)
        : errorReply(500, "internal_error", "sandbox_failed"),
    );
    const bytes = reply.bytes ?? Buffer.from(reply.json === undefined ? "" : JSON.stringify(reply.json));
    response.writeHead(reply.status, {
      "content-type": reply.contentType ?? "application/json",
      "content-length": bytes.byteLength,
    });
    response.end(bytes);
  };
}

async function answer(request: IncomingMessage, routes: readonly Route[], origin: string): Promise<Reply> {
  const url = new URL(request.url ?? "/", origin);
  const onPath = routes.filter(({ path }) => path.test(url.pathname));
  const route = onPath.find(({ method }) => method === request.method);
  if (route === undefined) {
    return onPath.length === 0
      ? errorReply(404, "not_found", "no_such_route")
      : errorReply(405, "method_not_allowed", "no_such_method");
  }
  const parameters = (route.path.exec(url.pathname) ?? []).slice(1).map(decode);
  const body = await readBody(request);
  const apiKey = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  return route.handle({ parameters, query: url.searchParams, apiKey, body, origin });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.byteLength;
    if (length > largestBody) throw new RangeError("The body is larger than 1 MiB.");
    chunks.push(chunk);
  }
  if (length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new RangeError("The body is not JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RangeError("The body is not a JSON object.");
  }
  return value as Readonly<Record<string, unknown>>;
}
