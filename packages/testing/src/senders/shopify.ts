import { createHmac, randomUUID } from "node:crypto";
import { shopify } from "@latchhook/core/providers/shopify";
import { addHeader, membersOf, type SignedWebhook, toBytes, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignShopifyOptions {
  /** The app's client secret. */
  readonly secret: string;
  /** What is sent. Default: an order. */
  readonly body?: WebhookBody | undefined;
  /** The topic, in a header that is not signed. Default: `orders/create`. */
  readonly topic?: string | undefined;
  /** The shop, in a header that is not signed. Default: the body's `shop_domain`, or else `example.myshopify.com`. */
  readonly shopDomain?: string | undefined;
  /** The event's id, in a header that is not signed. Default: a new one. */
  readonly eventId?: string | undefined;
}

const order = (name: string, data: object = {}) => ({
  id: 450789469,
  admin_graphql_api_id: "gid://shopify/Order/450789469",
  name,
  currency: "USD",
  financial_status: "paid",
  ...data,
});

/**
 * A delivery of Shopify: base64 of the HMAC-SHA256 of the body. Topic, shop and ids are headers that are not signed.
 *
 * @example
 * const signed = signShopify({ secret, topic: "products/update", body: { id: 632910392, title: "IPod Nano" } });
 */
export function signShopify(options: SignShopifyOptions): SignedWebhook {
  const { secret, topic = "orders/create" } = options;
  const body = toBytes(options.body ?? order("#9999"));
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "user-agent": "Shopify-Captain-Hook",
    "x-shopify-api-version": "2026-10",
    "x-shopify-event-id": options.eventId ?? randomUUID(),
    "x-shopify-hmac-sha256": createHmac("sha256", secret.trim()).update(body).digest("base64"),
    "x-shopify-topic": topic,
    "x-shopify-webhook-id": randomUUID(),
  };
  const { shop_domain: shop = "example.myshopify.com" } = membersOf(body);
  addHeader(headers, "x-shopify-shop-domain", options.shopDomain ?? shop);
  return { method: "POST", headers, body };
}

/** What the row's provider is subscribed to. */
const topics = [
  "orders/create",
  "orders/paid",
  "orders/updated",
  "products/create",
  "products/update",
  "products/delete",
  "app/uninstalled",
  "shop/redact",
] as const;

/** The row of the table of senders. */
export function shopifySender(): Sender {
  const secrets = ["shpss_first-of-two-for-shopify", "shpss_second-of-two-for-shopify"] as const;
  return {
    name: "shopify",
    title: "Shopify",
    factory: "shopify",
    provider: "shopify",
    environmentVariable: "SHOPIFY_API_SECRET",
    signedContent: "the body; neither the topic nor the shop nor an id",
    makeProvider: ({ secret }) => shopify({ secret, topics }),
    secrets,
    signatureHeader: "x-shopify-hmac-sha256",
    payload: (jobId = "#9999") => order(jobId),
    sign: ({ secret = secrets[0], body, jobId = "#9999", id, type, data } = {}) =>
      signShopify({ secret, topic: type, eventId: id, body: body ?? order(jobId, data) }),
  };
}
