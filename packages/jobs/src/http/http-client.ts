import { isJsonObject, type JsonObject, objectMember } from "@latchhook/core/kit";
import { positive } from "../check-option.ts";
import { failure, type JobFailure, type JobResult } from "../result.ts";
import { resolveApiKey } from "./api-key.ts";
import { joinPath, resolveBaseUrl } from "./base-url.ts";
import { type Clock, startClock } from "./clock.ts";
import { describeCause, shownUrl } from "./describe-cause.ts";
import type { HttpDefaults } from "./http-defaults.ts";
import { readJsonBody } from "./json-body.ts";
import { statusFailure } from "./status-failure.ts";

/** What every job source takes. All times are in milliseconds. */
export interface HttpOptions {
  /** The account's API key. It is sent to `baseUrl` and nowhere else. Default: the environment's variable. */
  readonly apiKey?: string | undefined;
  /** Where the sender is. Default: its public address. */
  readonly baseUrl?: string | undefined;
  /** How long one call may take, answer included. Default: 30 s. */
  readonly timeoutMs?: number | undefined;
  /** The largest JSON answer, in bytes, after decompression. Default: 1 MiB. */
  readonly maxResponseBytes?: number | undefined;
  /** The fetch to use. Default: the platform's. */
  readonly fetch?: typeof fetch | undefined;
}

/** What any call takes. */
export interface CallOptions {
  /** Ends the call; the result is then `aborted`. */
  readonly signal?: AbortSignal | undefined;
}

export interface HttpRequest extends CallOptions {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path segments after the base URL; each is encoded. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly body?: JsonObject | undefined;
}

/** An answer with its body unread, and the clock that runs over it. */
export interface OpenResponse {
  readonly response: Response;
  readonly url: URL;
  readonly clock: Clock;
}

export interface HttpClient {
  readonly baseUrl: URL;
  readonly timeoutMs: number;
  /** Calls, and reads any JSON value. An empty body counts as `{}`. */
  any(request: HttpRequest): Promise<JobResult<{ readonly value: unknown }>>;
  /** Calls, and reads a JSON object. */
  json(request: HttpRequest): Promise<JobResult<{ readonly value: JsonObject }>>;
  /** Calls, and hands over a 2xx answer with its body unread. The caller releases the clock. */
  open(request: HttpRequest): Promise<JobResult<OpenResponse>>;
}

/** A fetch with limits: of size, of time, and of where the API key goes. */
export function createHttpClient(options: HttpOptions, defaults: HttpDefaults): HttpClient {
  const { factory } = defaults;
  const apiKey = resolveApiKey(options.apiKey, defaults);
  const baseUrl = resolveBaseUrl(factory, options.baseUrl ?? defaults.baseUrl);
  const timeoutMs = positive(factory, "timeoutMs", options.timeoutMs ?? 30_000);
  const maxBytes = positive(factory, "maxResponseBytes", options.maxResponseBytes ?? 1_048_576);
  const call = options.fetch ?? fetch;

  async function send(request: HttpRequest): Promise<JobResult<OpenResponse>> {
    const url = joinPath(baseUrl, request.path);
    if (url === undefined) {
      return failure("invalid-id", "An id has 1 to 512 characters and walks no path; nothing was sent.");
    }
    for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
    const clock = startClock(timeoutMs, request.signal);
    try {
      return { ok: true, response: await call(url, toInit(request, apiKey, clock)), url, clock };
    } catch (error) {
      clock.release();
      return brokenCall({ clock, url, timeoutMs }, request, describeCause(error));
    }
  }

  async function any(request: HttpRequest): Promise<JobResult<{ value: unknown }>> {
    const sent = await send(request);
    if (!sent.ok) return sent;
    const { response, url, clock } = sent;
    const body = await readJsonBody(response, { maxBytes, timeoutMs });
    clock.release();
    if (!body.ok) {
      clock.abort();
      if (body.reason === "broken") return brokenCall({ clock, url, timeoutMs }, request, "in mid-answer");
      return failure("too-large", `The answer is larger than ${maxBytes} bytes.`, {
        status: response.status,
      });
    }
    if (!response.ok) return statusFailure(response, objectMember(body.value));
    return body.value === undefined ? notJson() : { ok: true, value: body.value };
  }

  async function json(request: HttpRequest): Promise<JobResult<{ value: JsonObject }>> {
    const result = await any(request);
    if (!result.ok) return result;
    return isJsonObject(result.value) ? { ok: true, value: result.value } : notJson();
  }

  async function open(request: HttpRequest): Promise<JobResult<OpenResponse>> {
    const sent = await send(request);
    if (!sent.ok || sent.response.ok) return sent;
    const body = await readJsonBody(sent.response, { maxBytes, timeoutMs });
    sent.clock.release();
    sent.clock.abort();
    return statusFailure(sent.response, objectMember(body.ok ? body.value : undefined));
  }

  return { baseUrl, timeoutMs, any, json, open };
}

function notJson(): JobFailure {
  return failure("malformed-response", "The answer is not the JSON that was expected. Check baseUrl.");
}

function toInit(request: HttpRequest, apiKey: string, clock: Clock): RequestInit {
  const headers: Record<string, string> = { accept: "application/json", authorization: `Bearer ${apiKey}` };
  const init: RequestInit = { method: request.method, headers, redirect: "manual", signal: clock.signal };
  if (request.body === undefined) return init;
  headers["content-type"] = "application/json";
  return { ...init, body: JSON.stringify(request.body) };
}

function brokenCall(
  { clock, url, timeoutMs }: { readonly clock: Clock; readonly url: URL; readonly timeoutMs: number },
  request: HttpRequest,
  cause: string,
): JobFailure {
  if (request.signal?.aborted === true) return failure("aborted", "The call was aborted by its caller.");
  if (clock.timedOut()) {
    const doubt = request.method === "POST" ? " It may have been carried out all the same." : "";
    return failure("timeout", `${shownUrl(url)} gave no whole answer within ${timeoutMs} ms.${doubt}`);
  }
  return failure("unreachable", `${shownUrl(url)} could not be reached, or broke off (${cause}).`);
}
