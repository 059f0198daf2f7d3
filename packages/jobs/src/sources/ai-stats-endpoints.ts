import { type JsonObject, objectMember } from "@latchhook/core/kit";
import { withHiddenSecret } from "../hidden-secret.ts";
import { isLoopback } from "../http/base-url.ts";
import { type CallOptions, createHttpClient, type HttpOptions } from "../http/http-client.ts";
import { failure, type JobFailure, type JobResult } from "../result.ts";
import { checkWebhookUrl } from "../subscription/webhook-url.ts";
import { isText } from "../text.ts";

export interface AiStatsEndpointsOptions extends Omit<HttpOptions, "apiKey"> {
  /** A management key of the workspace, not the key that creates jobs. Default: `AI_STATS_MANAGEMENT_KEY`. */
  readonly managementKey?: string | undefined;
  /** Whether endpoints may be on this machine over http. Default: only where `baseUrl` is this machine too. */
  readonly development?: boolean | undefined;
}

/** An endpoint to register. */
export interface AiStatsEndpointRequest {
  readonly url: string;
  /** For people; up to 120 characters. Default: the sender's. */
  readonly name?: string | undefined;
  /** Such as `video.completed`. Default: completions, failures and cancellations of videos and batches. */
  readonly events?: readonly string[] | undefined;
}

/** What to change of an endpoint; what is left out stays. */
export interface AiStatsEndpointChange extends Partial<AiStatsEndpointRequest> {
  readonly status?: "active" | "disabled" | undefined;
}

export interface AiStatsEndpoint {
  /** What `webhook: { endpoint_id }` of a job takes. */
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** `active`, `disabled` or `deleted`. */
  readonly status: string;
  readonly events: readonly string[];
  readonly hasSecret: boolean;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
  readonly deletedAt: Date | null;
}

/** An endpoint, and the secret that signs its deliveries. */
export interface AiStatsEndpointSecret {
  readonly endpoint: AiStatsEndpoint;
  /**
   * `whsec_` and 43 characters; `aiStats({ secret })` takes it whole. It is given this once: store it, and do not log
   * it. It is not enumerable: printing, spreading and `JSON.stringify` of the result leave it out.
   */
  readonly signingSecret: string;
}

export interface AiStatsEndpointList extends CallOptions {
  /** How many, up to 100. Default: 100. */
  readonly limit?: number | undefined;
  /** How many to pass over, for the next page. */
  readonly offset?: number | undefined;
  readonly includeDeleted?: boolean | undefined;
}

/** Webhook endpoints of AI Stats, which jobs name by their id. */
export interface AiStatsEndpoints {
  create(request: AiStatsEndpointRequest, options?: CallOptions): Promise<JobResult<AiStatsEndpointSecret>>;
  /** The newest first. */
  list(options?: AiStatsEndpointList): Promise<JobResult<{ readonly endpoints: readonly AiStatsEndpoint[] }>>;
  get(id: string, options?: CallOptions): Promise<JobResult<{ readonly endpoint: AiStatsEndpoint }>>;
  update(
    id: string,
    change: AiStatsEndpointChange,
    options?: CallOptions,
  ): Promise<JobResult<{ readonly endpoint: AiStatsEndpoint }>>;
  /**
   * Gives the endpoint another secret. The old one signs nothing from then on, and there is no overlap: deliveries
   * until your receiver knows the new one are refused, and retried by the sender.
   */
  rotateSecret(id: string, options?: CallOptions): Promise<JobResult<AiStatsEndpointSecret>>;
  delete(id: string, options?: CallOptions): Promise<JobResult<{ readonly id: string }>>;
}

/**
 * Manages the webhook endpoints of an AI Stats workspace, with a management key.
 *
 * @throws LatchhookError for an option that cannot work.
 * @example
 * const created = await aiStatsEndpoints().create({ url: "https://app.example.com/webhooks/ai-stats" });
 * if (created.ok) await keep(created.signingSecret);
 */
export function aiStatsEndpoints(options: AiStatsEndpointsOptions = {}): AiStatsEndpoints {
  const { managementKey, ...httpOptions } = options;
  const client = createHttpClient(
    { ...httpOptions, apiKey: managementKey },
    {
      factory: "aiStatsEndpoints",
      environmentVariable: "AI_STATS_MANAGEMENT_KEY",
      keyOption: "managementKey",
      baseUrl: "https://api.phaseo.app",
    },
  );
  const development = options.development ?? isLoopback(client.baseUrl);
  const root = ["v1", "webhook-endpoints"];

  /** The body to send, or why it would be refused. */
  function checkBody({
    url,
    name,
    events,
    ...rest
  }: AiStatsEndpointChange): JobResult<{ readonly body: JsonObject }> {
    if (events !== undefined && (!Array.isArray(events) || !events.every(isText))) {
      return failure("invalid-subscription", "events must be a list of event names.");
    }
    if (url === undefined) return { ok: true, body: { name, events, ...rest } };
    const checked = checkWebhookUrl(url, { development });
    if (!checked.ok) return failure("invalid-subscription", checked.error.message);
    return { ok: true, body: { url: checked.url, name, events, ...rest } };
  }

  return {
    async create(request, { signal } = {}) {
      const checked = checkBody({ ...request, url: request.url ?? "" });
      if (!checked.ok) return checked;
      const result = await client.json({ method: "POST", path: root, body: checked.body, signal });
      return result.ok ? readSecret(result.value) : result;
    },

    async list({ limit, offset, includeDeleted, signal } = {}) {
      const query = {
        ...(limit === undefined ? {} : { limit: String(limit) }),
        ...(offset === undefined ? {} : { offset: String(offset) }),
        ...(includeDeleted === true ? { include_deleted: "true" } : {}),
      };
      const result = await client.json({ method: "GET", path: root, query, signal });
      if (!result.ok) return result;
      const { data } = result.value;
      if (!Array.isArray(data))
        return failure("malformed-response", "The answer holds no list of endpoints.");
      return { ok: true, endpoints: data.map(toEndpoint).filter((entry) => entry !== undefined) };
    },

    async get(id, { signal } = {}) {
      const result = await client.json({ method: "GET", path: [...root, id], signal });
      return result.ok ? readEndpoint(result.value) : result;
    },

    async update(id, change, { signal } = {}) {
      const checked = checkBody(change);
      if (!checked.ok) return checked;
      const result = await client.json({ method: "PATCH", path: [...root, id], body: checked.body, signal });
      return result.ok ? readEndpoint(result.value) : result;
    },

    async rotateSecret(id, { signal } = {}) {
      const result = await client.json({ method: "POST", path: [...root, id, "rotate-secret"], signal });
      return result.ok ? readSecret(result.value) : result;
    },

    async delete(id, { signal } = {}) {
      const result = await client.json({ method: "DELETE", path: [...root, id], signal });
      return result.ok ? { ok: true, id } : result;
    },
  };
}

function readEndpoint(value: JsonObject): JobResult<{ readonly endpoint: AiStatsEndpoint }> {
  const endpoint = toEndpoint(value);
  return endpoint === undefined ? noEndpoint : { ok: true, endpoint };
}

const noEndpoint: JobFailure = failure("malformed-response", "The answer holds no endpoint.");

function readSecret(value: JsonObject): JobResult<AiStatsEndpointSecret> {
  const endpoint = toEndpoint(value);
  const { signing_secret: signingSecret } = value;
  if (endpoint === undefined || !isText(signingSecret)) {
    const message =
      "The answer holds no endpoint with its secret. The call may have been carried out all the same: list the endpoints, and rotate the secret of this one.";
    // Another try would make another endpoint.
    return failure("malformed-response", message, { retryable: false });
  }
  return withHiddenSecret({ ok: true as const, endpoint }, "signingSecret", signingSecret);
}

function toEndpoint(value: unknown): AiStatsEndpoint | undefined {
  const { id, name, url, status, events, hasSecret, createdAt, updatedAt, deletedAt } = objectMember(value);
  if (!isText(id)) return undefined;
  return {
    id,
    name: isText(name) ? name : "",
    url: isText(url) ? url : "",
    status: isText(status) ? status : "active",
    events: Array.isArray(events) ? events.filter(isText) : [],
    hasSecret: hasSecret === true,
    createdAt: toDate(createdAt),
    updatedAt: toDate(updatedAt),
    deletedAt: toDate(deletedAt),
  };
}

function toDate(value: unknown): Date | null {
  const date = new Date(isText(value) ? value : Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}
