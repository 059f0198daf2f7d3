import { objectMember } from "@latchhook/core/kit";
import { withHiddenSecret } from "../hidden-secret.ts";
import { isLoopback } from "../http/base-url.ts";
import { type CallOptions, createHttpClient, type HttpOptions } from "../http/http-client.ts";
import type { JobSource } from "../job-source.ts";
import { failure, type JobResult } from "../result.ts";
import { checkWebhookUrl } from "../subscription/webhook-url.ts";
import { isText } from "../text.ts";

export interface VideogenWebhooksOptions extends HttpOptions {
  /** Whether webhooks may go to this machine over http. Default: only where `baseUrl` is this machine too. */
  readonly development?: boolean | undefined;
}

export interface VideogenEndpointRequest {
  readonly url: string;
  /** At least one event name, such as `tool_execution.succeeded`. */
  readonly events: readonly string[];
  readonly description?: string | undefined;
}

export interface VideogenEndpoint {
  readonly endpointId: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly description: string | null;
}

export interface VideogenWebhooks extends JobSource {
  /**
   * Registers an endpoint. `signingSecret` is given this once: store it where the receiver reads its secret, and do
   * not log it. It is not enumerable: printing, spreading and `JSON.stringify` of the result leave it out.
   */
  register(
    request: VideogenEndpointRequest,
    options?: CallOptions,
  ): Promise<JobResult<{ readonly endpoint: VideogenEndpoint; readonly signingSecret: string }>>;
  list(options?: CallOptions): Promise<JobResult<{ readonly endpoints: readonly VideogenEndpoint[] }>>;
  delete(endpointId: string, options?: CallOptions): Promise<JobResult<{ readonly endpointId: string }>>;
}

/**
 * Webhook endpoints of VideoGen. The API key comes from `VIDEOGEN_API_KEY` unless it is given. As a source of jobs it
 * cannot be asked: `trackJobs` then knows jobs from webhooks alone, and reports one that is overdue. `videogenJobs` can.
 *
 * @throws LatchhookError for an option that cannot work.
 */
export function videogenWebhooks(options: VideogenWebhooksOptions = {}): VideogenWebhooks {
  const client = createHttpClient(options, {
    factory: "videogenWebhooks",
    environmentVariable: "VIDEOGEN_API_KEY",
    baseUrl: "https://api.videogen.io",
  });
  const development = options.development ?? isLoopback(client.baseUrl);
  const endpoints = ["v1", "webhooks", "endpoints"];

  return {
    provider: "videogen",

    async register({ url, events, description }, { signal } = {}) {
      const checked = checkWebhookUrl(url, { development });
      if (!checked.ok) return failure("invalid-subscription", checked.error.message);
      if (!Array.isArray(events) || events.length === 0 || events.some((event) => !isText(event))) {
        return failure("invalid-subscription", "events must be a list of at least one event name.");
      }
      const body = { url: checked.url, events, ...(description === undefined ? {} : { description }) };
      const result = await client.json({ method: "POST", path: endpoints, body, signal });
      if (!result.ok) return result;
      const endpoint = toEndpoint(result.value);
      const { signingSecret } = result.value;
      if (endpoint === undefined || !isText(signingSecret)) {
        return failure("malformed-response", "The answer holds no endpointId and signingSecret.");
      }
      return withHiddenSecret({ ok: true as const, endpoint }, "signingSecret", signingSecret);
    },

    async list({ signal } = {}) {
      const result = await client.any({ method: "GET", path: endpoints, signal });
      if (!result.ok) return result;
      // The answer's shape is not published: a bare list, or one under the usual names.
      const { endpoints: named, data } = objectMember(result.value);
      const listed = [result.value, named, data].find(Array.isArray);
      if (listed === undefined)
        return failure("malformed-response", "The answer holds no list of endpoints.");
      return { ok: true, endpoints: listed.map(toEndpoint).filter((entry) => entry !== undefined) };
    },

    async delete(endpointId, { signal } = {}) {
      const result = await client.json({ method: "DELETE", path: [...endpoints, endpointId], signal });
      return result.ok ? { ok: true, endpointId } : result;
    },
  };
}

function toEndpoint(value: unknown): VideogenEndpoint | undefined {
  const { endpointId, url, events, description } = objectMember(value);
  if (!isText(endpointId)) return undefined;
  return {
    endpointId,
    url: isText(url) ? url : "",
    events: Array.isArray(events) ? events.filter(isText) : [],
    description: isText(description) ? description : null,
  };
}
