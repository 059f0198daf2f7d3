import { loopbackUrl } from "../http/loopback-url.ts";

/** Who is told of one job's steps. */
export interface AiStatsSubscription {
  readonly url: URL;
  readonly secret: string | undefined;
  /** As the sender shows them. */
  readonly events: readonly string[];
  /** The steps that they stand for. */
  readonly phases: ReadonlySet<string>;
}

const phases = ["created", "progress", "completed", "failed", "cancelled", "expired"];
const defaults = ["job.completed", "job.failed", "job.cancelled", "job.expired"];

/** The subscription of a create request, or the reason it is refused for. Entries that are not valid are dropped. */
export function readSubscription(value: unknown): AiStatsSubscription | string {
  if (typeof value !== "object" || value === null) return "webhook_must_be_an_object";
  const { url: text, secret, events } = value as Readonly<Record<string, unknown>>;
  const url = loopbackUrl(text);
  if (url === undefined) return "the sandbox delivers to http URLs of this machine only";
  const named = events === undefined || events === null ? [] : events;
  if (!Array.isArray(named)) return "webhook_events_must_be_a_list";
  const valid = named.length === 0 ? defaults : named.map(normalize).filter((entry) => entry !== undefined);
  if (valid.length === 0) return "webhook_events_invalid";
  return {
    url,
    secret: typeof secret === "string" && secret.trim() !== "" ? secret : undefined,
    events: valid,
    phases: new Set(valid.map((event) => event.slice(event.indexOf(".") + 1))),
  };
}

function normalize(entry: unknown): string | undefined {
  if (typeof entry !== "string") return undefined;
  const name = entry
    .trim()
    .toLowerCase()
    .replace(/(^|\.)canceled$/, "$1cancelled");
  const event = phases.includes(name) ? `job.${name}` : name;
  const [prefix, phase] = event.split(".", 2);
  return (prefix === "job" || prefix === "video") && phases.includes(phase ?? "") ? event : undefined;
}
