import { createHmac } from "node:crypto";
import { stripe } from "@latchhook/core/providers/stripe";
import { type SignedWebhook, toBytes, unixSeconds, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignStripeOptions {
  /** The endpoint's signing secret, `whsec_` included. Several sign as while a secret is rolled. */
  readonly secret: string | readonly string[];
  /** What is sent. Default: a `checkout.session.completed`. */
  readonly body?: WebhookBody | undefined;
  /** Unix seconds; text is signed and sent as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
}

/**
 * A delivery of Stripe: `t` and a `v1` for each secret, the hex HMAC-SHA256 of `${timestamp}.${body}` under the UTF-8 of
 * the whole secret.
 *
 * @example
 * const signed = signStripe({ secret, body: { id: "evt_1", object: "event", type: "charge.refunded", data: { object } } });
 */
export function signStripe(options: SignStripeOptions): SignedWebhook {
  const { timestamp = unixSeconds() } = options;
  const body = toBytes(options.body ?? payload());
  const fields = [options.secret].flat().map((secret) => {
    const digest = createHmac("sha256", secret.trim()).update(`${timestamp}.`).update(body).digest("hex");
    return `v1=${digest}`;
  });
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    "stripe-signature": [`t=${timestamp}`, ...fields].join(","),
  };
  return { method: "POST", headers, body };
}

function payload(session = "cs_test_01", type = "checkout.session.completed", created = unixSeconds()) {
  return {
    id: `evt_${session}`,
    object: "event",
    api_version: "2026-09-30.clover",
    created,
    data: { object: { id: session, object: "checkout.session", status: "complete" } },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  };
}

/** The row of the table of senders. */
export function stripeSender(): Sender {
  const secrets = ["whsec_first-of-two-for-stripe", "whsec_second-of-two-for-stripe"] as const;
  return {
    name: "stripe",
    title: "Stripe",
    factory: "stripe",
    provider: "stripe",
    environmentVariable: "STRIPE_WEBHOOK_SECRET",
    signedContent: "the timestamp and the body",
    makeProvider: stripe,
    secrets,
    signatureHeader: "stripe-signature",
    payload: (jobId) => payload(jobId),
    sign: ({ secret = secrets[0], body, timestamp, jobId, type, occurredAt, data } = {}) => {
      const created = occurredAt && Math.floor(occurredAt.getTime() / 1_000);
      return signStripe({ secret, timestamp, body: body ?? { ...payload(jobId, type, created), ...data } });
    },
  };
}
