import { loopbackUrl } from "../http/loopback-url.ts";
import type { AiStatsVersion } from "../settings.ts";
import type { ManagedEndpoint } from "./ai-stats-endpoints.ts";

export type AiStatsKind = "video" | "batch";

/** Who is told of one job's steps. */
export interface AiStatsSubscription {
  readonly endpointId: string | undefined;
  /** As the sender shows them. */
  readonly events: readonly string[];
  /** The steps that they stand for. */
  readonly phases: ReadonlySet<string>;
  /** Where a delivery goes now, or undefined where none is sent: without a secret, or to an endpoint that is off. */
  target(): { readonly url: URL; readonly secret: string } | undefined;
  /** Where it would go. */
  shownUrl(): string;
}

const phases = ["created", "progress", "completed", "failed", "cancelled", "expired", "status_changed"];
const defaults = ["job.completed", "job.failed", "job.cancelled", "job.expired"];

export interface SubscriptionContext {
  readonly kind: AiStatsKind;
  readonly version: AiStatsVersion;
  readonly findEndpoint: (id: unknown) => ManagedEndpoint | undefined;
}

/**
 * The subscription of a create request, or the reason it is refused for: since August 2026 it names an endpoint, and
 * before it carried URL and secret. Entries that are not valid are dropped.
 */
export function readSubscription(value: unknown, context: SubscriptionContext): AiStatsSubscription | string {
  if (typeof value !== "object" || value === null) return "webhook_must_be_an_object";
  const { url, secret, events, endpoint_id: endpointId } = value as Readonly<Record<string, unknown>>;
  const named = events === undefined || events === null ? [] : events;
  if (!Array.isArray(named)) return "webhook_events_must_be_a_list";
  const valid = named.map((entry) => normalize(entry, context.kind)).filter((entry) => entry !== undefined);
  if (named.length > 0 && valid.length === 0) return "webhook_events_invalid";
  if (context.version === "2026-08") {
    if (url !== undefined || secret !== undefined) return "webhook_endpoint_id_required";
    return toEndpoint(context.findEndpoint(endpointId), valid, context.kind);
  }
  if (endpointId !== undefined) return "webhook_url_required";
  return toUrl(loopbackUrl(url), secret, valid.length === 0 ? defaults : valid);
}

function toEndpoint(
  endpoint: ManagedEndpoint | undefined,
  named: readonly string[],
  kind: AiStatsKind,
): AiStatsSubscription | string {
  if (endpoint?.status !== "active") return "webhook_endpoint_not_found";
  const events = named.length > 0 ? named : endpoint.events;
  const own = events.map((entry) => normalize(entry, kind)).filter((entry) => entry !== undefined);
  return {
    ...{ endpointId: endpoint.id, events, phases: phasesOf(own) },
    target: () => (endpoint.status === "active" ? { url: endpoint.url, secret: endpoint.secret } : undefined),
    shownUrl: () => endpoint.url.href,
  };
}

function toUrl(
  url: URL | undefined,
  secret: unknown,
  events: readonly string[],
): AiStatsSubscription | string {
  if (url === undefined) return "the sandbox delivers to http URLs of this machine only";
  const signed = typeof secret === "string" && secret.trim() !== "" ? { url, secret } : undefined;
  return {
    ...{ endpointId: undefined, events, phases: phasesOf(events) },
    target: () => signed,
    shownUrl: () => url.href,
  };
}

function phasesOf(events: readonly string[]): ReadonlySet<string> {
  return new Set(events.map((event) => event.slice(event.indexOf(".") + 1)));
}

function normalize(entry: unknown, kind: AiStatsKind): string | undefined {
  if (typeof entry !== "string") return undefined;
  const name = entry
    .trim()
    .toLowerCase()
    .replace(/(^|\.)canceled$/, "$1cancelled");
  const event = phases.includes(name) ? `job.${name}` : name;
  const [prefix, phase] = event.split(".", 2);
  return (prefix === "job" || prefix === kind) && phases.includes(phase ?? "") ? event : undefined;
}
