import type { InboxSettings } from "../inbox/inbox-settings.ts";
import type { AnyReceiverOptions, ReceiverLimits } from "../options.ts";
import type { DeliveryPolicy } from "../provider.ts";

/** How a receiver is configured, for people to see. Nothing in it is secret. */
export interface ReceiverDescription {
  readonly provider: string;
  readonly scope: string;
  readonly store: {
    readonly name: string;
    /** Null where the store has no schema, or does not say. */
    readonly schemaVersion: number | null;
  };
  readonly limits: ReceiverLimits;
  /** How the sender delivers. */
  readonly policy: DeliveryPolicy;
  /** Null where nothing is kept. */
  readonly inbox: InboxDescription | null;
}

/** What a receiver's inbox keeps. */
export interface InboxDescription {
  readonly body: InboxSettings["body"];
  readonly bodyDays: number;
  readonly days: number;
  readonly headers: readonly string[];
  readonly redact: readonly string[];
  readonly encrypted: boolean;
}

const dayMs = 86_400_000;

export function describeReceiver(
  { provider, scope = "", store }: Pick<AnyReceiverOptions, "provider" | "scope" | "store">,
  limits: ReceiverLimits,
  settings: InboxSettings | undefined,
): ReceiverDescription {
  return {
    provider: provider.name,
    scope,
    store: { name: store.name, schemaVersion: store.schemaVersion ?? null },
    limits,
    policy: provider.policy,
    inbox: settings === undefined ? null : describeInbox(settings),
  };
}

function describeInbox({
  body,
  bodyRetainMs,
  retainMs,
  headers,
  redact,
  keys,
}: InboxSettings): InboxDescription {
  return {
    body,
    bodyDays: bodyRetainMs / dayMs,
    days: retainMs / dayMs,
    headers,
    redact,
    encrypted: keys.length > 0,
  };
}
