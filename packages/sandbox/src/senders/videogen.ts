import { randomBytes } from "node:crypto";
import { signVideogen } from "@latchhook/testing";
import type { Schedule } from "../delivery/outgoing.ts";
import { loopbackUrl } from "../http/loopback-url.ts";
import { type Call, errorReply, type Reply } from "../http/router.ts";
import type { SandboxHost, SandboxSender } from "../sender.ts";

/** Documented: 15 s, then exponential backoff. The gaps are not published; these are Standard Webhooks' example. */
const schedule: Schedule = {
  timeoutMs: 15_000,
  gapsMs: [5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000],
};
const staleSeconds = 301;

interface Endpoint {
  readonly endpointId: string;
  readonly url: URL;
  readonly events: readonly string[];
  readonly description: string | null;
  readonly createdAt: number;
  readonly apiKey: string;
  readonly signingSecret: string;
}

/** Something that happened at VideoGen. */
export interface VideogenEmission {
  /** Such as `tool_execution.succeeded`. */
  readonly event: string;
  readonly jobId?: string | undefined;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

export interface VideogenSender extends SandboxSender {
  /** Sends an event to every endpoint that is subscribed to it. Returns the job's id and how many those are. */
  emit(emission: VideogenEmission): { readonly jobId: string; readonly endpoints: number };
}

/** VideoGen: webhook endpoints, and the events that they are told. */
export function videogenSender(host: SandboxHost, signingSecret: string | undefined): VideogenSender {
  const endpoints = new Map<string, Endpoint>();

  function emit({ event, jobId = `vg_exec_${randomBytes(8).toString("hex")}`, data }: VideogenEmission) {
    const subscribed = [...endpoints.values()].filter(({ events }) => events.includes(event));
    const occurredAt = Math.floor(Date.now() / 1000);
    for (const { url, signingSecret: secret, endpointId } of subscribed) {
      const id = `msg_${randomBytes(12).toString("hex")}`;
      host.deliver({
        sender: "videogen",
        jobId,
        type: event,
        url,
        schedule,
        last: true,
        metadataHeader: "webhook-id",
        // One id over all attempts of one endpoint: it is what receivers dedupe on.
        sign: (_attempt, stale) =>
          signVideogen({
            ...{ secret, event, jobId, occurredAt, data, id },
            ...(stale ? { timestamp: Math.floor(Date.now() / 1000) - staleSeconds } : {}),
          }),
        gone: () => endpoints.delete(endpointId),
      });
    }
    return { jobId, endpoints: subscribed.length };
  }

  function register({ apiKey, body }: Call): Reply {
    if (!host.accepts(apiKey)) return errorReply(401, "unauthorized", "invalid_api_key");
    const url = loopbackUrl(body.url);
    if (url === undefined) {
      return errorReply(400, "validation_error", "the sandbox delivers to http URLs of this machine only");
    }
    const { events, description } = body;
    if (!Array.isArray(events) || events.length === 0 || events.some((event) => typeof event !== "string")) {
      return errorReply(400, "validation_error", "events_required");
    }
    const endpoint: Endpoint = {
      endpointId: `vg_whe_${randomBytes(8).toString("hex")}`,
      url,
      events,
      description: typeof description === "string" ? description : null,
      createdAt: Math.floor(Date.now() / 1000),
      apiKey,
      signingSecret: signingSecret ?? `whsec_${randomBytes(32).toString("base64")}`,
    };
    endpoints.set(endpoint.endpointId, endpoint);
    return { status: 201, json: { ...toPublic(endpoint), signingSecret: endpoint.signingSecret } };
  }

  function list({ apiKey }: Call): Reply {
    if (!host.accepts(apiKey)) return errorReply(401, "unauthorized", "invalid_api_key");
    const own = [...endpoints.values()].filter((endpoint) => endpoint.apiKey === apiKey);
    return { status: 200, json: { endpoints: own.map(toPublic) } };
  }

  function remove({ apiKey, parameters }: Call): Reply {
    if (!host.accepts(apiKey)) return errorReply(401, "unauthorized", "invalid_api_key");
    const endpoint = endpoints.get(parameters[0] ?? "");
    if (endpoint?.apiKey !== apiKey) return errorReply(404, "not_found", "endpoint_not_found");
    endpoints.delete(endpoint.endpointId);
    return { status: 204 };
  }

  const path = "/v1/webhooks/endpoints";
  return {
    emit,
    routes: [
      { method: "POST", path: new RegExp(`^${path}$`), handle: register },
      { method: "GET", path: new RegExp(`^${path}$`), handle: list },
      { method: "DELETE", path: new RegExp(`^${path}/([^/]+)$`), handle: remove },
    ],
  };
}

function toPublic({ endpointId, url, events, description, createdAt, signingSecret }: Endpoint) {
  const signingSecretLast4 = signingSecret.slice(-4);
  return { endpointId, url: url.href, events, description, createdAt, signingSecretLast4 };
}
