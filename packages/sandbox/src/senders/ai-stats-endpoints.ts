import { randomBytes, randomUUID } from "node:crypto";
import { loopbackUrl } from "../http/loopback-url.ts";
import type { Call, Reply, Route } from "../http/router.ts";

/** An endpoint as a job's subscription finds it. */
export interface ManagedEndpoint {
  readonly id: string;
  name: string;
  url: URL;
  events: readonly string[];
  status: "active" | "disabled" | "deleted";
  secret: string;
  readonly createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}

export interface AiStatsEndpointRoutes {
  readonly routes: readonly Route[];
  /** The endpoint of this id, unless it was deleted. */
  find(id: unknown): ManagedEndpoint | undefined;
}

const defaultEvents = ["video", "batch"].flatMap((kind) =>
  ["completed", "failed", "cancelled"].map((phase) => `${kind}.${phase}`),
);
const path = "/v1/webhook-endpoints";

/** `/v1/webhook-endpoints`: the endpoints of the sandbox's one workspace. */
export function aiStatsEndpointRoutes(accepts: (managementKey: string) => boolean): AiStatsEndpointRoutes {
  const endpoints = new Map<string, ManagedEndpoint>();

  function find(id: unknown): ManagedEndpoint | undefined {
    const endpoint = endpoints.get(String(id));
    return endpoint?.status === "deleted" ? undefined : endpoint;
  }

  function create({ body }: Call): Reply {
    const url = loopbackUrl(body.url);
    if (url === undefined) return refusedUrl;
    const now = new Date();
    const endpoint: ManagedEndpoint = {
      id: randomUUID(),
      name: typeof body.name === "string" ? body.name : "Async webhooks",
      url,
      events: readEvents(body.events),
      status: "active",
      secret: newSecret(),
      ...{ createdAt: now, updatedAt: now, deletedAt: null },
    };
    endpoints.set(endpoint.id, endpoint);
    return { status: 201, json: { ...toPublic(endpoint), signing_secret: endpoint.secret } };
  }

  function list({ query }: Call): Reply {
    const limit = Math.max(1, Math.min(100, Number(query.get("limit") ?? 100) || 100));
    const offset = Math.max(0, Number(query.get("offset") ?? 0) || 0);
    const deletedToo = query.get("include_deleted") === "true";
    const shown = [...endpoints.values()]
      .reverse()
      .filter(({ status }) => deletedToo || status !== "deleted");
    return { status: 200, json: { object: "list", data: shown.slice(offset, offset + limit).map(toPublic) } };
  }

  function update(endpoint: ManagedEndpoint, { body }: Call): Reply {
    const url = body.url === undefined ? endpoint.url : loopbackUrl(body.url);
    if (url === undefined) return refusedUrl;
    const { status = endpoint.status } = body;
    if (status !== "active" && status !== "disabled")
      return refusal("Invalid webhook endpoint payload.", "status_invalid");
    Object.assign(endpoint, { url, status, updatedAt: new Date() });
    if (typeof body.name === "string") endpoint.name = body.name;
    if (body.events !== undefined) endpoint.events = readEvents(body.events);
    return { status: 200, json: toPublic(endpoint) };
  }

  function rotate(endpoint: ManagedEndpoint): Reply {
    Object.assign(endpoint, { secret: newSecret(), updatedAt: new Date() });
    return { status: 200, json: { ...toPublic(endpoint), signing_secret: endpoint.secret } };
  }

  function remove(endpoint: ManagedEndpoint): Reply {
    Object.assign(endpoint, { status: "deleted", deletedAt: new Date(), updatedAt: new Date() });
    return { status: 200, json: { id: endpoint.id, object: "webhook_endpoint", deleted: true } };
  }

  const managed =
    (handle: (call: Call) => Reply) =>
    (call: Call): Reply =>
      accepts(call.apiKey) ? handle(call) : nested(401, "unauthorised", "Invalid management key.");
  const onEndpoint = (handle: (endpoint: ManagedEndpoint, call: Call) => Reply) =>
    managed((call) => {
      const endpoint = find(call.parameters[0]);
      return endpoint === undefined
        ? nested(404, "not_found", "Webhook endpoint not found.")
        : handle(endpoint, call);
    });
  const exact = (suffix: string) => new RegExp(`^${path}${suffix}$`);
  return {
    find,
    routes: [
      { method: "POST", path: exact(""), handle: managed(create) },
      { method: "GET", path: exact(""), handle: managed(list) },
      {
        method: "GET",
        path: exact("/([^/]+)"),
        handle: onEndpoint((endpoint) => ({ status: 200, json: toPublic(endpoint) })),
      },
      { method: "PATCH", path: exact("/([^/]+)"), handle: onEndpoint(update) },
      { method: "DELETE", path: exact("/([^/]+)"), handle: onEndpoint(remove) },
      { method: "POST", path: exact("/([^/]+)/rotate-secret"), handle: onEndpoint(rotate) },
    ],
  };
}

/** Errors of this part of the API are objects, unlike those of jobs. */
function nested(status: number, type: string, message: string, details?: Record<string, string>): Reply {
  return { status, json: { error: { type, message, ...(details ? { details } : {}) } } };
}

function refusal(message: string, reason: string): Reply {
  return nested(400, "validation_error", message, { reason });
}

/** The sender itself takes public addresses over https and no others; the sandbox takes this machine's. */
const refusedUrl = refusal(
  "Invalid webhook endpoint URL: the sandbox delivers to http URLs of this machine only.",
  "webhook_url_private_network_not_allowed",
);

function readEvents(value: unknown): readonly string[] {
  const named = Array.isArray(value)
    ? value.filter((entry) => typeof entry === "string" && entry !== "")
    : [];
  return named.length > 0 ? [...new Set(named.map((entry) => entry.toLowerCase()))] : defaultEvents;
}

function newSecret(): string {
  return `whsec_${randomBytes(32).toString("base64url")}`;
}

function toPublic(endpoint: ManagedEndpoint): Record<string, unknown> {
  const { secret: _hidden, url, createdAt, updatedAt, deletedAt, ...rest } = endpoint;
  return {
    ...rest,
    ...{ workspaceId: "ws_sandbox", url: url.href, hasSecret: true, createdBy: null },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    deletedAt: deletedAt?.toISOString() ?? null,
  };
}
