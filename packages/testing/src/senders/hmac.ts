import { createHash, createHmac } from "node:crypto";
import { type SignedWebhook, toBytes, unixSeconds, type WebhookBody } from "../signed-webhook.ts";

/** One part of what is signed. A string is itself; the rest are named. */
export type SignedPart = string | { readonly part: "body" | "timestamp" | "id" | "body-hash" };

export interface SignHmacOptions {
  /** The secret; its UTF-8 is the key. Where the sender makes another key of it, give the bytes. */
  readonly secret: string | Uint8Array;
  readonly body: WebhookBody;
  /** What is signed, in order: `[{ part: "timestamp" }, ".", { part: "body" }]`. */
  readonly content: readonly SignedPart[];
  /**
   * The headers that the sender adds, with `{signature}`, `{timestamp}` and `{id}` where these stand:
   * `{ "acme-signature": "t={timestamp},v1={signature}" }`. Names in lower case.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** Default: `sha256`. */
  readonly algorithm?: "sha1" | "sha256" | "sha512" | undefined;
  /** Default: `hex`. */
  readonly encoding?: "hex" | "base64" | "base64url" | undefined;
  /** Default: now, in Unix seconds. */
  readonly timestamp?: number | string | undefined;
  /** Default: `msg_1`. */
  readonly id?: string | undefined;
}

/**
 * A delivery of any sender that signs with an HMAC, for tests of a provider of your own. It is made from what the
 * sender's documentation says, and shares no code with the providers.
 *
 * @example
 * signHmac({
 *   secret,
 *   body: { type: "render.done" },
 *   content: [{ part: "timestamp" }, ".", { part: "body" }],
 *   headers: { "acme-signature": "t={timestamp},v1={signature}" },
 * });
 */
export function signHmac(options: SignHmacOptions): SignedWebhook {
  const { secret, content, algorithm = "sha256", encoding = "hex", id = "msg_1" } = options;
  const body = toBytes(options.body);
  const timestamp = String(options.timestamp ?? unixSeconds());
  const hmac = createHmac(algorithm, secret);
  for (const part of content) {
    if (typeof part === "string") hmac.update(part);
    else if (part.part === "body") hmac.update(body);
    else if (part.part === "body-hash") hmac.update(createHash("sha256").update(body).digest("hex"));
    else hmac.update(part.part === "id" ? id : timestamp);
  }
  const values = { signature: hmac.digest(encoding), timestamp, id };
  const headers: Record<string, string> = { "content-type": "application/json" };
  for (const [name, text] of Object.entries(options.headers)) {
    headers[name] = text.replace(
      /\{(signature|timestamp|id)\}/g,
      (_, which: keyof typeof values) => values[which],
    );
  }
  return { method: "POST", headers, body };
}
