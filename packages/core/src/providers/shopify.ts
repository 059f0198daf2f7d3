import { defineSender } from "../define-sender.ts";
import { LatchhookError } from "../errors.ts";
import type { KnownEvent, UnknownEvent } from "../event.ts";
import { type Provider, unauthentic } from "../provider.ts";
import type { JsonObject } from "../reading/json.ts";
import { readHeader } from "../request/headers.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body } from "../signatures/signed-content.ts";

export interface ShopifyOptions<Topic extends string> {
  /** The topics that are subscribed to with this URL, as `orders/create`. A delivery of any other is refused. */
  readonly topics: readonly Topic[];
  /** The app's client secret. Default: the environment's `SHOPIFY_API_SECRET`. */
  readonly secret?: SecretOption | undefined;
}

/** One event for each topic; `data` is the resource, the whole body. */
export type ShopifyEvent<Topic extends string> =
  | { [Name in Topic]: KnownEvent<Name, JsonObject> }[Topic]
  | UnknownEvent;

/**
 * Shopify. It signs the body alone: no time, no id, and not the topic, without which a body does not say what happened
 * (an order that was created and paid at once has the same body under `orders/create` and `orders/paid`). So the topic
 * is part of the identity, and only those of `topics` are believed: whoever has captured a delivery can have it run
 * once more under each of the others, and under nothing else. Decide by the body's own members where it matters.
 *
 * @throws LatchhookError `missing-secret`, or `invalid-option` without topics.
 */
export function shopify<const Topic extends string>(
  options: ShopifyOptions<Topic>,
): Provider<ShopifyEvent<Topic>> {
  const topics = checkedTopics(options.topics);
  return defineSender<ShopifyEvent<Topic>>({
    name: "shopify",
    signature: hmacSignature({
      provider: "shopify",
      secret: options.secret,
      environmentVariable: "SHOPIFY_API_SECRET",
      headers: { signature: "x-shopify-hmac-sha256" },
      encoding: "base64",
      content: [body],
    }),
    // Documented: 5 s, 1 s of them to connect; 8 retries within 4 hours. The first pause is not: a minute is assumed.
    policy: { timeoutMs: 5_000, shortestRetryGapMs: 60_000, retryHorizonMs: 14_400_000, maxAttempts: 9 },
    refuse: ({ headers }) =>
      topics.has(readHeader(headers, topicHeader) ?? "") ? undefined : unauthentic("metadata-mismatch"),
    read({ value, text, headers }) {
      const topic = readHeader(headers, topicHeader) ?? "";
      return {
        type: topic,
        data: value,
        identity: ["body", topic, text],
        undated: true,
        // What Shopify sends to every app when a shop or a customer is to be forgotten names the shop.
        unsigned: { "x-shopify-shop-domain": value.shop_domain },
      };
    },
  });
}

const topicHeader = "x-shopify-topic";

function checkedTopics(topics: readonly string[]): ReadonlySet<string> {
  if (Array.isArray(topics) && topics.length > 0 && topics.every((topic) => topicShape.test(topic))) {
    return new Set(topics);
  }
  throw new LatchhookError(
    "invalid-option",
    'shopify: topics must list what is subscribed to with this URL, as Shopify\'s header has it: { topics: ["orders/create"] }.',
  );
}

const topicShape = /^[a-z0-9_]+(?:\/[a-z0-9_]+)+$/;
