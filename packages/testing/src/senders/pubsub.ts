import { createHash, generateKeyPairSync } from "node:crypto";
import { pubsub } from "@latchhook/core/providers/pubsub";
import { type SignedWebhook, toBytes, unixSeconds, type WebhookBody } from "../signed-webhook.ts";
import { signToken } from "./json-web-token.ts";
import { importPrivateKey } from "./private-key.ts";
import { keyId, publishedBy } from "./published-keys.ts";
import type { Sender } from "./sender.ts";

export interface SignPubsubOptions {
  /** An RSA private key of 2048 bits or more in place of Google's, as PEM. */
  readonly privateKey: string;
  /** As the provider has it. */
  readonly audience: string;
  /** The service account, as the provider has it. */
  readonly email: string;
  /** What is sent. Default: a push of a message with `data`. */
  readonly body?: WebhookBody | undefined;
  /** The message's content; anything but text is written as JSON. Default: a small JSON object. */
  readonly data?: string | object | undefined;
  /** Default: derived from `data`, so that signing it again makes another attempt. */
  readonly messageId?: string | undefined;
  /** When it is signed, in Unix seconds; the token is valid for an hour. Text is signed as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
}

/**
 * A push of Google Cloud Pub/Sub: a token of Google's in `authorization`, which says nothing of the body.
 *
 * @example
 * const provider = pubsub({ audience, email, fetchKeys: publishedKeys(privateKey) });
 * const signed = signPubsub({ privateKey, audience, email, data: { job: 1 } });
 */
export function signPubsub(options: SignPubsubOptions): SignedWebhook {
  const { audience, email, timestamp = unixSeconds() } = options;
  const body = toBytes(options.body ?? pubsubPayload(options.data, options.messageId));
  const key = importPrivateKey(options.privateKey);
  const expires = typeof timestamp === "number" ? timestamp + 3_600 : timestamp;
  const account = { email, email_verified: true, sub: "113774264463038321964", azp: "113774264463038321964" };
  const claims = {
    iss: "https://accounts.google.com",
    aud: audience,
    ...account,
    exp: expires,
    iat: timestamp,
  };
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "CloudPubSub-Google",
      authorization: `Bearer ${signToken(claims, key, { kid: keyId(key) })}`,
    },
    body,
  };
}

function pubsubPayload(data: string | object = { task: "render" }, id?: string): object {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  const messageId =
    id ?? String(Number.parseInt(createHash("sha256").update(text).digest("hex").slice(0, 12), 16));
  return {
    message: {
      data: Buffer.from(text).toString("base64"),
      messageId,
      message_id: messageId,
      publishTime: "2026-11-01T12:00:00.123Z",
    },
    subscription: "projects/latchhook/subscriptions/push",
  };
}

/** Made when they are asked for: RSA keys take their time, and most who load this table want none. */
let keys: readonly [string, string] | undefined;

function rsaKeys(): readonly [string, string] {
  const make = () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    return privateKey.export({ format: "pem", type: "pkcs8" }) as string;
  };
  keys ??= [make(), make()];
  return keys;
}

/** The row of the table of senders; its secrets are private keys, new ones in each process. */
export function pubsubSender(): Sender {
  const audience = "https://example.com/webhooks/pubsub";
  const email = "push@latchhook.iam.gserviceaccount.com";
  return {
    name: "pubsub",
    title: "Google Cloud Pub/Sub",
    factory: "pubsub",
    provider: "pubsub",
    environmentVariable: "",
    signedContent: "audience, service account and a validity; nothing of the body",
    makeProvider: ({ secret, toleranceSeconds }) =>
      pubsub({ audience, email, toleranceSeconds, fetchKeys: publishedBy(secret) }),
    get secrets() {
      return rsaKeys();
    },
    signatureHeader: "authorization",
    unsignedBody: true,
    payload: (jobId = "job_01") => pubsubPayload({ jobId }),
    sign: ({ secret = rsaKeys()[0], body, jobId = "job_01", id, timestamp, data } = {}) =>
      signPubsub({
        privateKey: secret,
        audience,
        email,
        body,
        data: { jobId, ...data },
        messageId: id,
        timestamp,
      }),
  };
}
