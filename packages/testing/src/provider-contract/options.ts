import type { Handshake, Provider, SecretOption, WebhookEvent } from "@latchhook/core";
import type { SkippedCase } from "../store-contract/contract-case.ts";

/** What `providerContract` needs to know of the provider under test and of its sender. */
export interface ProviderContractOptions {
  /** Makes the provider under test, with all else at its defaults. */
  readonly provider: (secret: SecretOption) => Provider<WebhookEvent, Handshake>;
  /** Two different secrets in the form that the sender issues. */
  readonly secrets: readonly [string, string];
  /** Signs as the sender does. It must not share code with the provider: a shared mistake would show in neither. */
  readonly sign: (content: ContentToSign) => SignedSample;
  /** Deliveries of different events. */
  readonly samples: readonly [ProviderSample, ...ProviderSample[]];
  /** Signatures that the sender published, or that were captured. */
  readonly vectors?: readonly ProviderVector[] | undefined;
  /** The headers without which nothing verifies, in lower case. */
  readonly requiredHeaders: readonly [string, ...string[]];
  /** Those of them that hold a list, so that two lines of the same name are one longer list. Default: none. */
  readonly listHeaders?: readonly string[] | undefined;
  /** Those of them whose letters count the same in either case, as hex does. Default: none. */
  readonly caseInsensitiveHeaders?: readonly string[] | undefined;
  /** How far the signed timestamp may be off, in seconds; null where the sender signs none. Default: 300. */
  readonly toleranceSeconds?: number | null | undefined;
  /** Cases that the provider cannot pass, each with its reason. */
  readonly skip?: readonly SkippedCase[] | undefined;
}

/** What the sender is to sign. */
export interface ContentToSign {
  readonly secret: string;
  readonly body: Uint8Array;
  /** The id of the delivery, the same over its attempts, where the sender has it in a header. */
  readonly id: string;
  /** When this attempt is made, in Unix seconds. */
  readonly timestamp: number;
}

export interface SignedSample {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** One delivery of the sender. */
export interface ProviderSample {
  readonly name: string;
  /** The bodies of its attempts, the first and at least one more: they differ where the sender's do. */
  readonly attempts: readonly [object, object, ...object[]];
  readonly type: string;
  readonly known: boolean;
  /** The event's `job`, where it has one. */
  readonly job: { readonly id: string; readonly status: string } | null;
}

/** A delivery with its signature. */
export interface ProviderVector {
  readonly name: string;
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** When it arrived, in milliseconds since the epoch. */
  readonly receivedAt: number;
}
