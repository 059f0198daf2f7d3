import { createHmac, randomUUID } from "node:crypto";
import { square } from "@latchhook/core/providers/square";
import { type SignedWebhook, toBytes, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignSquareOptions {
  /** The subscription's signature key. */
  readonly secret: string;
  /** The notification URL, as the provider has it. */
  readonly url: string;
  /** What is sent. Default: a payment, in an event of `type`. */
  readonly body?: WebhookBody | undefined;
  /** Default: `payment.updated`. */
  readonly type?: string | undefined;
  /** The `event_id`. Default: a new one. */
  readonly eventId?: string | undefined;
}

/**
 * A delivery of Square: base64 HMAC-SHA256 of the notification URL and the body.
 *
 * @example
 * const signed = signSquare({ secret, url: "https://example.com/webhooks/square", type: "payment.created" });
 */
export function signSquare(options: SignSquareOptions): SignedWebhook {
  const { secret, url, type = "payment.updated", eventId = randomUUID() } = options;
  const body = toBytes(options.body ?? squarePayload(type, eventId));
  const signature = createHmac("sha256", secret.trim()).update(url).update(body).digest("base64");
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "square-environment": "Sandbox",
      "x-square-hmacsha256-signature": signature,
    },
    body,
  };
}

function squarePayload(type: string, eventId: string, id = "KkAkhdMsgzn59SM8A89WgKwekxLZY"): object {
  return {
    merchant_id: "6SSW7HV8K2ST5",
    type,
    event_id: eventId,
    created_at: "2026-11-01T12:00:00.123Z",
    data: { type: "payment", id, object: { payment: { id, status: "COMPLETED" } } },
  };
}

/** The row of the table of senders. */
export function squareSender(): Sender {
  const secrets = ["asdf1234-first-of-two", "asdf1234-second-of-two"] as const;
  const url = "https://example.com/webhooks/square";
  const payload = (jobId?: string, type = "payment.updated", eventId = `event of ${jobId}`) =>
    squarePayload(type, eventId, jobId);
  return {
    name: "square",
    title: "Square",
    factory: "square",
    provider: "square",
    environmentVariable: "SQUARE_WEBHOOK_SECRET",
    signedContent: "the notification URL and the body",
    makeProvider: ({ secret }) => square({ secret, url }),
    secrets,
    signatureHeader: "x-square-hmacsha256-signature",
    payload: (jobId) => payload(jobId),
    sign: ({ secret = secrets[0], body, jobId, id, type, data } = {}) =>
      signSquare({ secret, url, body: body ?? { ...payload(jobId, type, id), ...data } }),
  };
}
