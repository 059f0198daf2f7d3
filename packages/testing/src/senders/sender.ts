import type { Handshake, Provider, SecretOption, WebhookEvent } from "@latchhook/core";
import type { SignedWebhook, WebhookBody } from "../signed-webhook.ts";

/** What is to be signed; what is left out takes the sender's usual value. */
export interface SenderContent {
  /** Default: the first of the sender's `secrets`. */
  readonly secret?: string | undefined;
  /** The job that the delivery is about; becomes part of the default body. */
  readonly jobId?: string | undefined;
  /** Default: a payload about the job. */
  readonly body?: WebhookBody | undefined;
  /** Where the sender signs one. Default: now, in Unix seconds. */
  readonly timestamp?: number | string | undefined;
  /** Which attempt it is, where the sender counts them. Default: 1. */
  readonly attempt?: number | undefined;
  /** When it happened, where the default payload says so and says the same at each attempt. Default: now. */
  readonly occurredAt?: Date | undefined;
  /** The delivery's id, where the sender has one in a header. */
  readonly id?: string | undefined;
  /** The sender's name of the event, where the default payload can be of several. Default: the row's usual one. */
  readonly type?: string | undefined;
  /** Members to add to the default payload. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/** Members of a sender's body without which an event is not known. */
export interface SenderMembers {
  readonly type: string;
  /** The path to the job's id. */
  readonly jobId: readonly string[];
}

/** One sender: what it is called, how its provider is made, and how it signs. */
export interface Sender {
  /** The provider's name; of a second family of headers, that one's. */
  readonly name: string;
  /** The sender's own name, as the documentation heads its page. */
  readonly title: string;
  /** The provider's factory as it is imported from `@latchhook/core/providers/<provider>`. */
  readonly factory: string;
  /** The provider's name, as events have it. */
  readonly provider: string;
  readonly environmentVariable: string;
  /** What the signature covers, and what of the request it does not, in a few words. */
  readonly signedContent: string;
  /** Makes the provider. */
  readonly makeProvider: (options: {
    secret: SecretOption;
    toleranceSeconds?: number;
  }) => Provider<WebhookEvent, Handshake>;
  /** Two secrets in the sender's form. */
  readonly secrets: readonly [string, string];
  /** The header that the signature is in, in lower case; where a secret itself is sent, that one's; empty for the URL. */
  readonly signatureHeader: string;
  /** True where nothing binds the body to what is verified, so that a changed one verifies as well. */
  readonly unsignedBody?: boolean | undefined;
  /** The default payload. */
  readonly payload: (jobId?: string) => object;
  readonly sign: (content?: SenderContent) => SignedWebhook;
}

/** A sender with one HMAC in a header of its own, under one family of names, and what a forger needs to take it apart. */
export interface HmacSender extends Sender {
  readonly makeProvider: (options: { secret: SecretOption; toleranceSeconds?: number }) => Provider;
  /** Where the signed body says what is about which job; undefined where its events are about none. */
  readonly members: SenderMembers | undefined;
  /** The bytes that the sender makes of a secret. */
  readonly key: (secret: string) => Uint8Array;
  /** In lower case; undefined where no time is signed. */
  readonly timestampHeader: string | undefined;
  /** What stands before the digest in the signature header. */
  readonly prefix: "" | "sha256=" | "v1,";
  readonly encoding: "hex" | "base64";
}

/** The UTF-8 of a secret, as most senders use it for a key. */
export function utf8Key(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}
