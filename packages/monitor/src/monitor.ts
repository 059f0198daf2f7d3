import type { IncomingMessage, ServerResponse } from "node:http";
import { isWorkerd, type MaybePromise } from "@latchhook/core";
import { fromFetch } from "./http/from-fetch.ts";
import { fromNode } from "./http/from-node.ts";
import type { MonitorRequest } from "./http/monitor-request.ts";
import { sendResponse } from "./http/send-response.ts";
import { demandOptions, type MonitorOptions, type MonitorSource } from "./options.ts";
import { respond, respondToFailure } from "./respond.ts";

/** What is used of Hono's context. */
export interface FetchContext {
  readonly req: { readonly raw: Request };
}

/** What {@link monitor} returns: one handler for Express, `node:http`, Hono, Next.js, Workers and plain Fetch. */
export interface MonitorHandler {
  (request: IncomingMessage, response: ServerResponse, next?: (error: unknown) => void): Promise<void>;
  (request: Request): Promise<Response>;
  (context: FetchContext): Promise<Response>;
  /** For a route handler of Next.js. */
  GET(request: Request): Promise<Response>;
  /** For a route handler of Next.js. */
  POST(request: Request): Promise<Response>;
}

/**
 * A page on one path that shows what became of deliveries, and replays what failed. All its views are told apart by the
 * query, so it works below any path and behind any proxy.
 *
 * ```ts
 * app.use("/ops/webhooks", monitor({ webhooks: [hook], authorize }));              // Express
 * app.all("/ops/webhooks", monitor({ webhooks: [hook], authorize }));              // Hono
 * export const { GET, POST } = monitor(() => ({ webhooks: [hook], authorize }));   // Next.js
 * ```
 *
 * @param source the options, or a function that makes them: `next build` evaluates route modules, and has no secrets. It
 * is called once, at the first request; on Workers for each.
 * @throws LatchhookError `invalid-option` for options that cannot work. Where a function makes them the answer is 500,
 * and the log says why.
 */
export function monitor<Context = unknown>(source: MonitorSource<Context>): MonitorHandler {
  const optionsFor = optionsOf(source);

  async function answer(request: MonitorRequest, context: Context): Promise<Response> {
    try {
      return await respond(request, context, await optionsFor(context));
    } catch (error) {
      return respondToFailure(request, error);
    }
  }

  async function serveNode(
    request: IncomingMessage,
    response: ServerResponse,
    next: (error: unknown) => void,
  ): Promise<void> {
    try {
      await sendResponse(request, response, await answer(fromNode(request), request as Context));
    } catch (error) {
      // Where other middleware breaks the response. Express 4 does not look at promises: this one would end the process.
      next(error);
    }
  }

  async function serveFetch(request: Request, context: unknown = request): Promise<Response> {
    return answer(fromFetch(request), context as Context);
  }

  function latchhookMonitor(
    first: IncomingMessage | Request | FetchContext,
    response?: ServerResponse,
    next: (error: unknown) => void = rethrow,
  ): Promise<void> | Promise<Response> {
    // Told apart by shape: Fetch classes can be of another realm, and Workers pass their bindings second.
    if (typeof response?.writeHead === "function") {
      return serveNode(first as IncomingMessage, response, next);
    }
    return isFetchContext(first) ? serveFetch(first.req.raw, first) : serveFetch(first as Request);
  }
  return Object.assign(latchhookMonitor as MonitorHandler, {
    GET: (request: Request) => serveFetch(request),
    POST: (request: Request) => serveFetch(request),
  });
}

/** Options that are given, or made when they are needed. A function that fails is called again at the next request. */
function optionsOf<Context>(
  source: MonitorSource<Context>,
): (context: Context) => MaybePromise<MonitorOptions<Context>> {
  if (typeof source !== "function") {
    demandOptions(source);
    return () => source;
  }
  let made: Promise<MonitorOptions<Context>> | undefined;
  async function make(context: Context): Promise<MonitorOptions<Context>> {
    const options = await (source as Exclude<typeof source, MonitorOptions<Context>>)(context);
    demandOptions(options);
    return options;
  }
  return async (context) => {
    if (isWorkerd()) return make(context);
    made ??= make(context);
    const making = made;
    try {
      return await making;
    } catch (error) {
      if (made === making) made = undefined;
      throw error;
    }
  };
}

function isFetchContext(value: object): value is FetchContext {
  return typeof (value as Partial<FetchContext>).req?.raw === "object";
}

function rethrow(error: unknown): never {
  throw error;
}
