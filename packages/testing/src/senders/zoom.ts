import { createHmac } from "node:crypto";
import { zoom } from "@latchhook/core/providers/zoom";
import { type SignedWebhook, toBytes, unixSeconds, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignZoomOptions {
  /** The app's secret token. */
  readonly secret: string;
  /** What is sent. Default: a `recording.completed`. */
  readonly body?: WebhookBody | undefined;
  /** Unix seconds; text is signed and sent as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
}

/**
 * A delivery of Zoom: `v0=` and the hex HMAC-SHA256 of `v0:${timestamp}:${body}` under the UTF-8 of the secret token.
 *
 * @example
 * const signed = signZoom({ secret, body: { event: "endpoint.url_validation", payload: { plainToken: "qgg8vlvZRS6U" } } });
 */
export function signZoom(options: SignZoomOptions): SignedWebhook {
  const { secret, timestamp = unixSeconds() } = options;
  const body = toBytes(options.body ?? payload());
  const signature = createHmac("sha256", secret.trim()).update(`v0:${timestamp}:`).update(body).digest("hex");
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "user-agent": "Zoom Marketplace/1.0a",
    "x-zm-request-timestamp": String(timestamp),
    "x-zm-signature": `v0=${signature}`,
  };
  return { method: "POST", headers, body };
}

function payload(uuid = "4444AAAiAAAAAiAiAiiAii==", event = "recording.completed", at = Date.now()) {
  const object = { uuid, id: 1_234_567_890, host_id: "x1yCzABCDEfg23HiJKl4mN", topic: "A meeting" };
  return { event, event_ts: at, payload: { account_id: "AAAAAABBBB", object } };
}

/** The row of the table of senders. */
export function zoomSender(): Sender {
  const secrets = ["first-of-two-tokens-for-zoom", "second-of-two-tokens-for-zoom"] as const;
  return {
    name: "zoom",
    title: "Zoom",
    factory: "zoom",
    provider: "zoom",
    environmentVariable: "ZOOM_WEBHOOK_SECRET_TOKEN",
    signedContent: "the timestamp and the body",
    makeProvider: zoom,
    secrets,
    signatureHeader: "x-zm-signature",
    payload: (jobId) => payload(jobId),
    sign: ({ secret = secrets[0], body, timestamp, jobId, type, occurredAt, data } = {}) => {
      const content = body ?? { ...payload(jobId, type, occurredAt?.getTime()), ...data };
      return signZoom({ secret, timestamp, body: content });
    },
  };
}
