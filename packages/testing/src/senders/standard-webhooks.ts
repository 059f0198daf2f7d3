import { createHash, createHmac, sign } from "node:crypto";
import { type SignedWebhook, toBytes, unixSeconds, type WebhookBody } from "../signed-webhook.ts";
import { importPrivateKey } from "./private-key.ts";

export interface SignStandardWebhooksOptions {
  /** The endpoint's secret, `whsec_` and base64, for `v1`. Several sign as a sender does during a rotation. */
  readonly secret?: string | readonly string[] | undefined;
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

/**
 * A delivery that follows Standard Webhooks: `v1` (HMAC-SHA256) per secret and `v1a` (Ed25519), in base64, over
 * `${id}.${timestamp}.${body}`.
 *
 * @throws Error without a secret and without a private key.
 * @example
 * const signed = signStandardWebhooks({ secret: "whsec_…", body: { type: "invoice.paid", data: {} } });
 */
export function signStandardWebhooks(options: SignStandardWebhooksOptions): SignedWebhook {
  const { secret = [], privateKey, timestamp = unixSeconds(), headerPrefix = "webhook" } = options;
  const body = toBytes(options.body);
  const id = options.id ?? `msg_${createHash("sha256").update(body).digest("hex").slice(0, 27)}`;
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const signatures = [secret].flat().map((text) => `v1,${hmacBase64(text, content)}`);
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

function hmacBase64(secret: string, content: Uint8Array): string {
  const key = Buffer.from(secret.trim().replace(/^whsec_/, ""), "base64");
  return createHmac("sha256", key).update(content).digest("base64");
}
