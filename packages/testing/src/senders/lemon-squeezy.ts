import { createHmac } from "node:crypto";
import { lemonSqueezy } from "@latchhook/core/providers/lemon-squeezy";
import {
  addHeader,
  membersOf,
  type SignedWebhook,
  toBytes,
  toMembers,
  type WebhookBody,
} from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignLemonSqueezyOptions {
  /** The webhook's signing secret. */
  readonly secret: string;
  /** What is sent. Default: an order that was created. */
  readonly body?: WebhookBody | undefined;
  /** The header that repeats the event's name and is not signed; false leaves it out. Default: as the body says. */
  readonly event?: string | false | undefined;
}

const order = (identifier: string, name = "order_created", attributes: object = {}) => ({
  meta: { event_name: name, test_mode: true, custom_data: { customer_id: "25" } },
  data: {
    type: "orders",
    id: "1",
    attributes: { store_id: 1, identifier, status: "paid", total: 1199, currency: "USD", ...attributes },
  },
});

/**
 * A delivery of Lemon Squeezy: the hex HMAC-SHA256 of the body. The event's name is in the body, and once more in a
 * header.
 *
 * @example
 * const signed = signLemonSqueezy({ secret, body: { meta: { event_name: "order_refunded" }, data: order } });
 */
export function signLemonSqueezy(options: SignLemonSqueezyOptions): SignedWebhook {
  const { secret, event } = options;
  const body = toBytes(options.body ?? order("104e18a2-d755-4d4b-80c4-a6c1dcbe1c10"));
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "x-signature": createHmac("sha256", secret.trim()).update(body).digest("hex"),
  };
  if (event !== false) {
    addHeader(headers, "x-event-name", event ?? toMembers(membersOf(body).meta).event_name);
  }
  return { method: "POST", headers, body };
}

/** The row of the table of senders. */
export function lemonSqueezySender(): Sender {
  const secrets = ["first-of-two-for-lemons", "second-of-two-for-lemons"] as const;
  return {
    name: "lemon-squeezy",
    title: "Lemon Squeezy",
    factory: "lemonSqueezy",
    provider: "lemon-squeezy",
    environmentVariable: "LEMON_SQUEEZY_WEBHOOK_SECRET",
    signedContent: "the body",
    makeProvider: lemonSqueezy,
    secrets,
    signatureHeader: "x-signature",
    payload: (jobId = "104e18a2") => order(jobId),
    sign: ({ secret = secrets[0], body, jobId = "104e18a2", type, data } = {}) =>
      signLemonSqueezy({ secret, body: body ?? order(jobId, type, data) }),
  };
}
