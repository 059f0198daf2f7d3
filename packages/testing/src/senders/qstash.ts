import { createHash, randomUUID } from "node:crypto";
import { qstash } from "@latchhook/core/providers/qstash";
import { type SignedWebhook, toBytes, unixSeconds, type WebhookBody } from "../signed-webhook.ts";
import { bodyHashClaim, signToken } from "./json-web-token.ts";
import type { Sender } from "./sender.ts";

export interface SignQstashOptions {
  /** A signing key, current or next. */
  readonly secret: string;
  /** The URL that the message was published to, as the provider has it. */
  readonly url: string;
  /** What is sent. Default: a small JSON object. */
  readonly body?: WebhookBody | undefined;
  /** The message's id, in a header that is not signed. Default: derived from the body, so that signing again retries. */
  readonly messageId?: string | undefined;
  /** When it is signed, in Unix seconds; the token is valid for 5 minutes. Text is signed as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
}

/**
 * A delivery of Upstash QStash: a token in `upstash-signature` with the URL and a hash of the body.
 *
 * @example
 * const signed = signQstash({ secret, url: "https://example.com/webhooks/qstash", body: { job: 1 } });
 */
export function signQstash(options: SignQstashOptions): SignedWebhook {
  const { secret, url, timestamp = unixSeconds() } = options;
  const body = toBytes(options.body ?? { hello: "world" });
  const derived = createHash("sha256").update(body).digest("hex").slice(0, 24);
  const expires = typeof timestamp === "number" ? timestamp + 300 : timestamp;
  const claims = {
    ...{ iss: "Upstash", sub: url, exp: expires, nbf: timestamp, iat: timestamp },
    // As QStash pads it.
    ...{ jti: `jwt_${randomUUID()}`, body: `${bodyHashClaim(body, "base64url")}=` },
  };
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "Upstash-QStash",
      "upstash-message-id": options.messageId ?? `msg_${derived}`,
      "upstash-retried": "0",
      "upstash-signature": signToken(claims, secret.trim()),
    },
    body,
  };
}

/** The row of the table of senders. */
export function qstashSender(): Sender {
  const secrets = ["sig_0123456789-first-of-two", "sig_0123456789-second-of-two"] as const;
  const url = "https://example.com/webhooks/qstash";
  const payload = (jobId = "job_01", data: object = {}) => ({ task: "render", jobId, ...data });
  return {
    name: "qstash",
    title: "Upstash QStash",
    factory: "qstash",
    provider: "qstash",
    environmentVariable: "QSTASH_CURRENT_SIGNING_KEY",
    signedContent: "the URL, a hash of the body and a validity; not the message’s id",
    makeProvider: ({ secret, toleranceSeconds }) => qstash({ secret, url, toleranceSeconds }),
    secrets,
    signatureHeader: "upstash-signature",
    payload: (jobId) => payload(jobId),
    sign: ({ secret = secrets[0], body, jobId, id, timestamp, data } = {}) =>
      signQstash({ secret, url, body: body ?? payload(jobId, data), messageId: id, timestamp }),
  };
}
