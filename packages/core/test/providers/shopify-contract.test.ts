import { isLatchhookError, type Provider, verifyWebhook } from "@latchhook/core";
import { type ShopifyEvent, shopify } from "@latchhook/core/providers/shopify";
import { providerContract, signShopify } from "@latchhook/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { expectProcessed, trialReceiver } from "../support/trial-receiver.ts";

const secret = "hush-this-is-the-client-secret";
const topics = ["orders/create", "orders/paid", "products/delete", "shop/redact"] as const;

const bodies = {
  "orders/create": { id: 450789469, name: "#1001", financial_status: "paid" },
  "products/delete": { id: 788032119674292900 },
  "shop/redact": { shop_id: 954889, shop_domain: "example.myshopify.com" },
} as const;

/** The topic that a body was made for: every body here is one of the above, or none of Shopify's. */
function topicOf(body: Uint8Array): string {
  const text = new TextDecoder().decode(body);
  return Object.entries(bodies).find(([, shape]) => JSON.stringify(shape) === text)?.[0] ?? "orders/create";
}

describe("shopify", () => {
  const cases = providerContract({
    provider: (given) => shopify({ topics, secret: given }),
    secrets: [secret, "hush-another-client-secret"],
    sign: (content) => signShopify({ ...content, topic: topicOf(content.body) }),
    requiredHeaders: ["x-shopify-hmac-sha256"],
    toleranceSeconds: null,
    samples: [sample("orders/create"), sample("products/delete"), sample("shop/redact")],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("the topic, which Shopify does not sign", () => {
  const provider = shopify({ topics, secret });
  const order = bodies["orders/create"];

  it("tells deliveries with one body apart: an order that is created and paid at once", async () => {
    const trial = trialReceiver(provider);
    for (const topic of ["orders/create", "orders/paid"]) {
      expectProcessed(await trial.post(signShopify({ secret, topic, body: order })), topic);
      const again = await trial.post(signShopify({ secret, topic, body: order, eventId: "another" }));
      expect(again.body).toBe('{"received":true,"duplicate":true}');
    }
    expect(trial.persisted.map(({ event }) => event.type)).toEqual(["orders/create", "orders/paid"]);
  });

  it.each([
    "orders/updated",
    "orders/createx",
    "ORDERS/CREATE",
    "__proto__",
    "",
    "orders/create, orders/paid",
  ])("%j, which is not subscribed to, is refused", async (topic) => {
    const result = await verifyWebhook(provider, signShopify({ secret, topic, body: order }));
    expect(result).toEqual({ ok: false, kind: "unauthentic", reason: "metadata-mismatch" });
  });

  it("is needed", async () => {
    const { "x-shopify-topic": _topic, ...headers } = signShopify({ secret, body: order }).headers;
    const result = await verifyWebhook(provider, { headers, body: Buffer.from(JSON.stringify(order)) });
    expect(result).toMatchObject({ ok: false, reason: "metadata-mismatch" });
  });

  it.each([[[]], [undefined], ["orders/create"], [["orders"]], [["ORDERS_CREATE"]], [[7]]])(
    "topics cannot be %j",
    (given) => {
      expect(() => shopify({ topics: given as never, secret })).toThrow(
        expect.toSatisfy((error) => isLatchhookError(error) && error.code === "invalid-option"),
      );
    },
  );

  it("gives the events their types", () => {
    expectTypeOf(provider).toEqualTypeOf<Provider<ShopifyEvent<(typeof topics)[number]>>>();
    expectTypeOf<"orders/paid">().toExtend<ShopifyEvent<"orders/paid">["type"]>();
  });
});

describe("the shop, which Shopify does not sign", () => {
  it.each([
    ["example.myshopify.com", true],
    ["other.myshopify.com", false],
  ])("%s in the header, where the body names the shop → %j", async (shopDomain, ok) => {
    const signed = signShopify({ secret, shopDomain, topic: "shop/redact", body: bodies["shop/redact"] });
    expect(await verifyWebhook(shopify({ topics, secret }), signed)).toMatchObject({ ok });
  });
});

function sample(topic: keyof typeof bodies) {
  const attempts = [bodies[topic], bodies[topic]] as const;
  return { name: topic, attempts, type: topic, known: true, job: null };
}
