import { createHmac } from "node:crypto";
import { cloudflareStream } from "@latchhook/core/providers/cloudflare-stream";
import { type SignedWebhook, toBytes, unixSeconds, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignCloudflareStreamOptions {
  /** The webhook's `secret`, as the API gives it. */
  readonly secret: string;
  /** What is sent. Default: a video that is ready. */
  readonly body?: WebhookBody | undefined;
  /** Unix seconds; text is signed and sent as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
}

/**
 * A delivery of Cloudflare Stream: `time` and `sig1`, the hex HMAC-SHA256 of `${timestamp}.${body}` under the UTF-8 of
 * the secret.
 *
 * @example
 * const signed = signCloudflareStream({ secret, body: { uid: "6b9e68b0", status: { state: "ready" } } });
 */
export function signCloudflareStream(options: SignCloudflareStreamOptions): SignedWebhook {
  const { secret, timestamp = unixSeconds() } = options;
  const body = toBytes(options.body ?? payload());
  const signature = createHmac("sha256", secret.trim()).update(`${timestamp}.`).update(body).digest("hex");
  const headers = {
    "content-type": "application/json",
    "webhook-signature": `time=${timestamp},sig1=${signature}`,
  };
  return { method: "POST", headers, body };
}

function payload(uid = "6b9e68b07dfee8cc2d116e4c51d6a957", state = "ready", at = new Date()) {
  return {
    uid,
    readyToStream: state === "ready",
    status: { state, pctComplete: "100.000000", errorReasonCode: "", errorReasonText: "" },
    meta: { name: "small.mp4" },
    created: at.toISOString(),
    modified: at.toISOString(),
    duration: 5.5,
  };
}

/** The row of the table of senders. */
export function cloudflareStreamSender(): Sender {
  const secrets = ["85011ed3a913c6ad5f9cf6c5573cc0a7", "0a7cc3755c6fc9f5da6c319a3de11058"] as const;
  return {
    name: "cloudflare-stream",
    title: "Cloudflare Stream",
    factory: "cloudflareStream",
    provider: "cloudflare-stream",
    environmentVariable: "CLOUDFLARE_STREAM_WEBHOOK_SECRET",
    signedContent: "the timestamp and the body",
    makeProvider: cloudflareStream,
    secrets,
    signatureHeader: "webhook-signature",
    payload: (jobId) => payload(jobId),
    sign: ({ secret = secrets[0], body, timestamp, jobId, type, occurredAt, data } = {}) =>
      signCloudflareStream({
        secret,
        timestamp,
        body: body ?? { ...payload(jobId, type, occurredAt), ...data },
      }),
  };
}
