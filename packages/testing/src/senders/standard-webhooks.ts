import { createHash, createHmac, sign } from "node:crypto";
import { type SignedWebhook, toBytes, unixSeconds, type WebhookBody } from "../signed-webhook.ts";
import { importPrivateKey } from "./private-key.ts";

export interface SignStandardWebhooksOptions {
  /** The endpoint's secret, `whsec_` and base64, for `v1`. Several sign as a sender does during a rotation. */
  readonly secret?: string | readonly string[] | undefined;
  /** What is made of the secret: `utf8` of the whole, or `base64-or-utf8`, by its prefix. Default: `base64`. */
  readonly secretForm?: "base64" | "utf8" | "base64-or-utf8" | undefined;
  /** An Ed25519 private key for `v1a`: `whsk_` and base64 of the seed, of seed and public key, or of a PKCS #8. */
  readonly privateKey?: string | undefined;
  readonly body: WebhookBody;
  /** The `webhook-id`. Default: derived from the body, so that signing it again makes a retry. */
  readonly id?: string | undefined;
  /** Unix seconds; text is signed and sent as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
  /** `svix` for the older header names. Default: `webhook`. */
  readonly headerPrefix?: "webhook" | "svix" | undefined;
}

/** What a delivery of any one sender that follows Standard Webhooks is made of. */
export interface StandardWebhooksDelivery {
  /** The endpoint's secret, as the sender shows it. Several sign as during a rotation. */
  readonly secret: string | readonly string[];
  /** What is sent. Default: a payload of the other options. */
  readonly body?: WebhookBody | undefined;
  /** The delivery's id. Default: derived from what it is about, or from `body`, so that retries share it. */
  readonly id?: string | undefined;
  /** Unix seconds; text is signed and sent as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
  /** When it happened, as the payload says it. Default: now. */
  readonly occurredAt?: Date | undefined;
  /** Members to add to what the event is about, or to replace there. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * A delivery that follows Standard Webhooks: `v1` (HMAC-SHA256) per secret and `v1a` (Ed25519), in base64, over
 * `${id}.${timestamp}.${body}`.
 *
 * @throws Error without a secret and without a private key.
 * @example
 * const signed = signStandardWebhooks({ secret: "whsec_…", body: { type: "invoice.paid", data: {} } });
 */
export function signStandardWebhooks(options: SignStandardWebhooksOptions): SignedWebhook {
  const {
    secret = [],
    secretForm,
    privateKey,
    timestamp = unixSeconds(),
    headerPrefix = "webhook",
  } = options;
  const body = toBytes(options.body);
  const id = options.id ?? `msg_${createHash("sha256").update(body).digest("hex").slice(0, 27)}`;
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const signatures = [secret]
    .flat()
    .map((text) => `v1,${hmacBase64(keyOf(text.trim(), secretForm), content)}`);
  if (privateKey !== undefined) {
    signatures.push(`v1a,${sign(null, content, importPrivateKey(privateKey)).toString("base64")}`);
  }
  if (signatures.length === 0) throw new Error("signStandardWebhooks: pass a secret or a privateKey.");
  const headers = {
    "content-type": "application/json",
    [`${headerPrefix}-id`]: id,
    [`${headerPrefix}-timestamp`]: String(timestamp),
    [`${headerPrefix}-signature`]: signatures.join(" "),
  };
  return { method: "POST", headers, body };
}

function keyOf(secret: string, form: SignStandardWebhooksOptions["secretForm"]): Buffer {
  const isText = form === "utf8" || (form === "base64-or-utf8" && !secret.startsWith("whsec_"));
  return isText ? Buffer.from(secret) : Buffer.from(secret.replace(/^whsec_/, ""), "base64");
}

function hmacBase64(key: Buffer, content: Uint8Array): string {
  return createHmac("sha256", key).update(content).digest("base64");
}
