import { createHmac } from "node:crypto";
import { mux } from "@latchhook/core/providers/mux";
import { type SignedWebhook, toBytes, unixSeconds, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignMuxOptions {
  /** The webhook's signing secret. */
  readonly secret: string;
  /** What is sent. Default: a `video.asset.ready`. */
  readonly body?: WebhookBody | undefined;
  /** Unix seconds; text is signed and sent as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
}

/**
 * A delivery of Mux: `t` and `v1`, the hex HMAC-SHA256 of `${timestamp}.${body}` under the UTF-8 of the secret.
 *
 * @example
 * const signed = signMux({ secret, body: { id: "event_1", type: "video.asset.ready", data: { id: "asset_1" } } });
 */
export function signMux(options: SignMuxOptions): SignedWebhook {
  const { secret, timestamp = unixSeconds() } = options;
  const body = toBytes(options.body ?? payload());
  const signature = createHmac("sha256", secret.trim()).update(`${timestamp}.`).update(body).digest("hex");
  const headers = {
    "content-type": "application/json",
    "user-agent": "Mux Webhooks",
    "mux-signature": `t=${timestamp},v1=${signature}`,
  };
  return { method: "POST", headers, body };
}

function payload(jobId = "asset_01", type = "video.asset.ready", createdAt = new Date()) {
  const object = { type: type.split(".")[1], id: jobId };
  return {
    type,
    id: `event of ${jobId}: ${type}`,
    created_at: createdAt.toISOString(),
    object,
    environment: { name: "Production", id: "j0863n" },
    data: { id: jobId, status: "ready", duration: 23.872 },
    attempts: [],
  };
}

/** The row of the table of senders. */
export function muxSender(): Sender {
  const secrets = ["first-of-two-secrets-for-mux", "second-of-two-secrets-for-mux"] as const;
  return {
    name: "mux",
    title: "Mux",
    factory: "mux",
    provider: "mux",
    environmentVariable: "MUX_WEBHOOK_SECRET",
    signedContent: "the timestamp and the body",
    makeProvider: mux,
    secrets,
    signatureHeader: "mux-signature",
    payload: (jobId) => payload(jobId),
    sign: ({ secret = secrets[0], body, timestamp, jobId, type, occurredAt, data } = {}) =>
      signMux({ secret, timestamp, body: body ?? { ...payload(jobId, type, occurredAt), ...data } }),
  };
}
