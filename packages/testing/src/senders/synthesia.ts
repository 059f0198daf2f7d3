import { createHmac } from "node:crypto";
import { synthesia } from "@latchhook/core/providers/synthesia";
import { type SignedWebhook, toBytes, unixSeconds, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignSynthesiaOptions {
  /** The webhook's secret. */
  readonly secret: string;
  /** What is sent. Default: a `video.completed`. */
  readonly body?: WebhookBody | undefined;
  /** Unix seconds; text is signed and sent as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
}

/**
 * A delivery of Synthesia: the hex HMAC-SHA256 of `${timestamp}.${body}` under the UTF-8 of the secret.
 *
 * @example
 * const signed = signSynthesia({ secret, body: { type: "video.failed", data: { id: "video_1", status: "error" } } });
 */
export function signSynthesia(options: SignSynthesiaOptions): SignedWebhook {
  const { secret, timestamp = unixSeconds() } = options;
  const body = toBytes(options.body ?? payload());
  const signature = createHmac("sha256", secret.trim()).update(`${timestamp}.`).update(body).digest("hex");
  const headers = {
    "content-type": "application/json",
    "synthesia-timestamp": String(timestamp),
    "synthesia-signature": signature,
  };
  return { method: "POST", headers, body };
}

function payload(id = "video_01", type = "video.completed", at = unixSeconds()) {
  const status = type === "video.failed" ? "error" : "complete";
  return { type, data: { id, status, title: "Hello, World!", createdAt: at - 60, lastUpdatedAt: at } };
}

/** The row of the table of senders. */
export function synthesiaSender(): Sender {
  const secrets = ["first-of-two-secrets-for-synthesia", "second-of-two-secrets-for-synthesia"] as const;
  return {
    name: "synthesia",
    title: "Synthesia",
    factory: "synthesia",
    provider: "synthesia",
    environmentVariable: "SYNTHESIA_WEBHOOK_SECRET",
    signedContent: "the timestamp and the body",
    makeProvider: synthesia,
    secrets,
    signatureHeader: "synthesia-signature",
    payload: (jobId) => payload(jobId),
    sign: ({ secret = secrets[0], body, timestamp, jobId, type, occurredAt, data } = {}) => {
      const at = occurredAt && Math.floor(occurredAt.getTime() / 1_000);
      return signSynthesia({ secret, timestamp, body: body ?? { ...payload(jobId, type, at), ...data } });
    },
  };
}
