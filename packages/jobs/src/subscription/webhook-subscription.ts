import { aiStatsChanges } from "@latchhook/core/providers/ai-stats";
import { checkWebhookUrl, type SubscriptionError, type WebhookUrlOptions } from "./webhook-url.ts";

/** The kinds of job whose events can be subscribed to. */
export type JobKind = "video" | "batch";

/** Where a job's events go: to an endpoint that was registered, or to a URL that is given with the job. */
export type WebhookSubscription = EndpointSubscription | InlineSubscription;

/** What the API takes since August 2026. The secret is the endpoint's own. */
export interface EndpointSubscription {
  /** The `id` of an endpoint that `aiStatsEndpoints().create` made. */
  readonly endpoint_id: string;
  /**
   * `job.*` names and names of the job's kind. Default: the endpoint's own events. Where it was created with none,
   * those are completions, failures and cancellations; `expired` is not among them.
   */
  readonly events?: readonly string[] | undefined;
  readonly url?: undefined;
  readonly secret?: undefined;
}

/** What the API took until August 2026, and older deployments still take. */
export interface InlineSubscription {
  /** Where events go. */
  readonly url: string;
  /** `job.*` names and names of the job's kind. Default: the four that end a job. */
  readonly events?: readonly string[] | undefined;
  /** What signs them, `whsec_` included. */
  readonly secret?: string | undefined;
  readonly endpoint_id?: undefined;
}

export interface WebhookSubscriptionOptions extends WebhookUrlOptions {
  readonly kind: JobKind;
}

export interface SubscriptionWarning {
  /** The entry that was dropped, or the member that is missing. */
  readonly entry: string;
  readonly rule: "event-of-another-kind" | "event-unknown" | "secret-missing";
  readonly message: string;
}

/** A subscription as it is sent. */
export type CheckedSubscription =
  | { readonly endpoint_id: string; readonly events?: readonly string[] }
  | { readonly url: string; readonly events: readonly string[]; readonly secret?: string };

export type SubscriptionResult =
  | {
      readonly ok: true;
      readonly subscription: CheckedSubscription;
      readonly warnings: readonly SubscriptionWarning[];
    }
  | { readonly ok: false; readonly error: SubscriptionError };

const kinds: readonly JobKind[] = ["video", "batch"];

/** What the sender takes where none are named, or the list is empty. */
const defaultEvents = ["job.completed", "job.failed", "job.cancelled", "job.expired"] as const;

/**
 * Checks a webhook subscription by AI Stats' own rules, before it is sent: an entry that the sender would drop
 * silently is named in a warning, and a subscription that it would refuse is refused here.
 *
 * `job.completed`, `video.completed`, the bare `completed` and the spelling `canceled` are understood as the sender
 * does; `job.*` and `video.*` stand for all events of that name.
 */
export function webhookSubscription(
  subscription: WebhookSubscription,
  options: WebhookSubscriptionOptions,
): SubscriptionResult {
  return subscription.endpoint_id === undefined
    ? checkInline(subscription, options)
    : checkEndpoint(subscription, options);
}

function checkInline(
  { url, secret, events }: InlineSubscription,
  { kind, development }: WebhookSubscriptionOptions,
): SubscriptionResult {
  const checked = checkWebhookUrl(url, { development });
  if (!checked.ok) return checked;
  if (secret !== undefined && (typeof secret !== "string" || secret.trim() === "")) {
    return refuse("secret", "secret-not-text", "The webhook's secret must be a text that is not blank.");
  }
  const chosen = chooseEvents(events, kind);
  if (!chosen.ok) return chosen;
  return {
    ok: true,
    subscription: {
      url: checked.url,
      events: chosen.events ?? defaultEvents,
      ...(secret === undefined ? {} : { secret: secret.trim() }),
    },
    warnings: secret === undefined ? [...chosen.warnings, secretMissing] : chosen.warnings,
  };
}

function checkEndpoint(
  { endpoint_id: endpointId, url, secret, events }: EndpointSubscription,
  { kind }: WebhookSubscriptionOptions,
): SubscriptionResult {
  if (typeof endpointId !== "string" || endpointId.trim() === "") {
    return refuse(
      "endpoint_id",
      "endpoint-id-not-text",
      "The webhook's endpoint_id must be the id of an endpoint (endpoint-id-not-text).",
    );
  }
  if (url !== undefined || secret !== undefined) {
    return refuse(
      "endpoint_id",
      "endpoint-with-url",
      "The webhook has an endpoint_id and a url or secret of its own: pass one or the other (endpoint-with-url).",
    );
  }
  const chosen = chooseEvents(events, kind);
  if (!chosen.ok) return chosen;
  return {
    ok: true,
    subscription: {
      endpoint_id: endpointId.trim(),
      ...(chosen.events === undefined ? {} : { events: chosen.events }),
    },
    warnings: chosen.warnings,
  };
}

const secretMissing: SubscriptionWarning = {
  entry: "secret",
  rule: "secret-missing",
  message:
    "The webhook has no secret: its deliveries are unsigned or never sent, and a receiver refuses them.",
};

type ChosenEvents =
  | {
      readonly ok: true;
      /** Undefined where none are named, or the list is empty. */
      readonly events: readonly string[] | undefined;
      readonly warnings: readonly SubscriptionWarning[];
    }
  | { readonly ok: false; readonly error: SubscriptionError };

function chooseEvents(entries: unknown, kind: JobKind): ChosenEvents {
  if (entries === undefined || entries === null) return { ok: true, events: undefined, warnings: [] };
  if (!Array.isArray(entries)) {
    return refuse("events", "events-not-a-list", "The webhook's events must be a list of event names.");
  }
  if (entries.length === 0) return { ok: true, events: undefined, warnings: [] };
  const events = new Set<string>();
  const warnings: SubscriptionWarning[] = [];
  for (const entry of entries as readonly unknown[]) {
    const read = readEntry(entry, kind);
    if (Array.isArray(read)) for (const event of read) events.add(event);
    else warnings.push(read as SubscriptionWarning);
  }
  if (events.size > 0) return { ok: true, events: [...events], warnings };
  const reasons = warnings.map(({ message }) => message).join(" ");
  return refuse(
    "events",
    "events-none-valid",
    `None of the webhook's events is valid for a ${kind} job. ${reasons}`,
  );
}

/** The events that an entry names, or why it is dropped. */
function readEntry(entry: unknown, kind: JobKind): readonly string[] | SubscriptionWarning {
  const shown = show(entry);
  if (typeof entry !== "string") return drop(shown, "event-unknown", `${shown} is not an event name`);
  const name = entry
    .trim()
    .toLowerCase()
    .replace(/(^|\.)canceled$/, "$1cancelled");
  const [prefix, phase] = name.includes(".") ? splitOnce(name) : ["job", name];
  const named =
    phase === "*" && name !== "*" ? aiStatsChanges : aiStatsChanges.filter((known) => known === phase);
  const understood = prefix === "job" || kinds.includes(prefix as JobKind);
  if (!understood || named.length === 0)
    return drop(shown, "event-unknown", `${shown} is no event of this sender`);
  if (prefix !== "job" && prefix !== kind) {
    return drop(
      shown,
      "event-of-another-kind",
      `${shown} is an event of ${prefix} jobs, and this is a ${kind} job`,
    );
  }
  return named.map((known) => `${prefix}.${known}`);
}

function splitOnce(name: string): [string, string] {
  const dot = name.indexOf(".");
  return [name.slice(0, dot), name.slice(dot + 1)];
}

function show(entry: unknown): string {
  const text = JSON.stringify(entry) ?? typeof entry;
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function drop(entry: string, rule: SubscriptionWarning["rule"], problem: string): SubscriptionWarning {
  return { entry, rule, message: `${problem} (${rule}).` };
}

function refuse(
  entry: string,
  rule: SubscriptionError["rule"],
  message: string,
): { readonly ok: false; readonly error: SubscriptionError } {
  return { ok: false, error: { entry, rule, message } };
}
