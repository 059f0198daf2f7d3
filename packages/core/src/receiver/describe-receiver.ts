import type { InboxOptions } from "../inbox.ts";
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
  readonly body: NonNullable<InboxOptions["body"]>;
  readonly bodyDays: number;
  readonly days: number;
  readonly headers: readonly string[];
  readonly redact: readonly string[];
  readonly encrypted: boolean;
}

export function describeReceiver(
  { provider, scope = "", store }: Pick<AnyReceiverOptions, "provider" | "scope" | "store">,
  limits: ReceiverLimits,
  inbox: InboxDescription | null,
): ReceiverDescription {
  return {
    provider: provider.name,
    scope,
    store: { name: store.name, schemaVersion: store.schemaVersion ?? null },
    limits,
    policy: provider.policy,
    inbox,
  };
}
