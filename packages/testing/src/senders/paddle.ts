import { createHmac } from "node:crypto";
import { paddle } from "@latchhook/core/providers/paddle";
import { type SignedWebhook, toBytes, unixSeconds, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignPaddleOptions {
  /** The notification destination's secret key. Several sign as during a rotation. */
  readonly secret: string | readonly string[];
  /** What is sent. Default: a `transaction.completed`. */
  readonly body?: WebhookBody | undefined;
  /** Unix seconds; text is signed and sent as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
}

/**
 * A delivery of Paddle Billing: `ts` and an `h1` for each secret, the hex HMAC-SHA256 of `${timestamp}:${body}` under the
 * UTF-8 of the secret key.
 *
 * @example
 * const signed = signPaddle({ secret, body: { event_id: "evt_1", event_type: "subscription.canceled", data: {} } });
 */
export function signPaddle(options: SignPaddleOptions): SignedWebhook {
  const { timestamp = unixSeconds() } = options;
  const body = toBytes(options.body ?? payload());
  const fields = [options.secret].flat().map((secret) => {
    const digest = createHmac("sha256", secret.trim()).update(`${timestamp}:`).update(body).digest("hex");
    return `h1=${digest}`;
  });
  const headers = {
    "content-type": "application/json",
    "user-agent": "Paddle",
    "paddle-signature": [`ts=${timestamp}`, ...fields].join(";"),
  };
  return { method: "POST", headers, body };
}

function payload(id = "txn_01", type = "transaction.completed", at = new Date()) {
  return {
    event_id: `evt_of_${id}_${type}`,
    event_type: type,
    occurred_at: at.toISOString(),
    notification_id: `ntf_of_${id}`,
    data: { id, status: type.split(".")[1] },
  };
}

/** The row of the table of senders. */
export function paddleSender(): Sender {
  const secrets = [
    "pdl_ntfset_first-of-two_6h3qd3uFSi9YCD3OLYAS",
    "pdl_ntfset_second-of-two_hQI90XTI5vEI6h3qd",
  ] as const;
  return {
    name: "paddle",
    title: "Paddle",
    factory: "paddle",
    provider: "paddle",
    environmentVariable: "PADDLE_WEBHOOK_SECRET",
    signedContent: "the timestamp and the body",
    makeProvider: paddle,
    secrets,
    signatureHeader: "paddle-signature",
    payload: (jobId) => payload(jobId),
    sign: ({ secret = secrets[0], body, timestamp, jobId, type, occurredAt, data } = {}) =>
      signPaddle({ secret, timestamp, body: body ?? { ...payload(jobId, type, occurredAt), ...data } }),
  };
}
