import { type InboxFilter, type InboxState, type OutcomeCode, statusOf } from "@latchhook/core";
import type { Source } from "./sources.ts";
import { causeOf, readFailures } from "./tallies.ts";

/** A filter as an address or a form has it. */
export interface DeliveryFilter extends InboxFilter {
  /** The name of a group of failures; see {@link causeOf}. */
  readonly cause?: string | undefined;
}

/** In the order that pages show. */
export const inboxStates: readonly InboxState[] = ["running", "failed", "dead", "done", "dismissed"];

/** What `since` can say beside a time: this long ago, in milliseconds. */
export const periods: Readonly<Record<string, number>> = {
  "1h": 3_600_000,
  "24h": 86_400_000,
  "7d": 7 * 86_400_000,
  "30d": 30 * 86_400_000,
};

/** Reads a filter; what it does not know is left out, and text is taken whole. */
export function readFilter(fields: URLSearchParams, now: number): DeliveryFilter {
  const text = (name: string): string | undefined => fields.get(name)?.trim() || undefined;
  const outcome = text("outcome");
  return {
    provider: text("provider"),
    // An empty scope is a scope.
    scope: fields.get("scope") ?? undefined,
    state: inboxStates.find((state) => state === text("state")),
    type: text("type"),
    outcome: isOutcome(outcome) ? outcome : undefined,
    error: fields.get("error") || undefined,
    since: readTime(text("since"), now),
    until: readTime(text("until"), now),
    search: text("search") ?? text("q"),
    cause: text("cause"),
  };
}

/**
 * The fields of a filter that could not be read. A list may leave them out; an action may not, for it would reach
 * further than was asked for.
 */
export function unreadFields(fields: URLSearchParams, filter: DeliveryFilter): readonly string[] {
  const read = ["state", "outcome", "since", "until"] as const;
  return read.filter((name) => (fields.get(name) ?? "").trim() !== "" && filter[name] === undefined);
}

function isOutcome(value: string | undefined): value is OutcomeCode {
  try {
    return value !== undefined && Number.isInteger(statusOf(value as OutcomeCode));
  } catch {
    return false;
  }
}

/** A period such as `24h`, milliseconds since the epoch, or what `Date` reads. */
function readTime(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const period = Object.hasOwn(periods, text) ? periods[text] : undefined;
  if (period !== undefined) return now - period;
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isSafeInteger(at) ? at : undefined;
}

/**
 * The filter with its cause replaced by what that stands for; undefined where no delivery has failed for it any more.
 */
export async function resolveCause(
  sources: readonly Source[],
  { cause, ...filter }: DeliveryFilter,
): Promise<InboxFilter | undefined> {
  if (cause === undefined) return filter;
  for (const group of await readFailures(sources)) {
    if ((await causeOf(group)) !== cause) continue;
    const { provider, scope, error, outcome } = group;
    return { ...filter, provider, scope, error: error ?? undefined, outcome };
  }
  return undefined;
}
