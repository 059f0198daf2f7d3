import { type KnownEvent, type Provider, type UnknownEvent, verifyWebhook } from "@latchhook/core";
import { type StripeEvent, stripe } from "@latchhook/core/providers/stripe";
import { providerContract, signStripe } from "@latchhook/testing";
import { describe, expect, expectTypeOf, it } from "vitest";

const [secret, other] = ["whsec_test-of-one-endpoint", "whsec_test-of-its-next-secret"] as const;

describe("stripe", () => {
  const cases = providerContract({
    provider: (given) => stripe({ secret: given }),
    secrets: [secret, other],
    sign: signStripe,
    requiredHeaders: ["stripe-signature"],
    caseInsensitiveHeaders: ["stripe-signature"],
    samples: [
      sample("checkout.session.completed", "evt_1"),
      sample("invoice.paid", "evt_2"),
      sample("customer.subscription.deleted", "evt_3"),
      { ...sample("v1.billing.meter.error_report_triggered", "evt_4", "v2.core.event"), known: false },
    ],
    vectors: [
      {
        name: "of Stripe's SDK",
        secret: "whsec_test",
        headers: {
          "stripe-signature":
            "t=1700000000,v1=38877139021993b830af32feea6e18a8da83eb2f6e49ee50bd9e4cf4ca4d3789",
        },
        body: '{"a":1}',
        receivedAt: 1_700_000_000_000,
      },
    ],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("what Stripe's header holds", () => {
  const body = sample("invoice.paid", "evt_2").attempts[0];
  const [, valid = ""] = (signStripe({ secret, body }).headers["stripe-signature"] ?? "").split(",");
  const foreign = `v1=${"0".repeat(64)}`;

  it.each([
    ["the old and the new secret's, old first", [valid, foreign]],
    ["the old and the new secret's, new first", [foreign, valid]],
    [
      "another scheme's beside it",
      ["v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39", valid],
    ],
    ["an empty field of another name", [valid, "v2="]],
  ])("%s → verified", async (_what, fields) => {
    expect(await outcomeOf(fields)).toMatchObject({ ok: true, event: { type: "invoice.paid" } });
  });

  it.each([
    ["only another scheme's", [valid.replace("v1", "v0")], "missing-signature"],
    ["a field without a name", [valid, foreign.slice(2)], "malformed-signature"],
    ["a signature that is cut", [valid.slice(0, -1)], "malformed-signature"],
    ["only one that was not made with the secret", [foreign], "signature-mismatch"],
    ["33 signatures", Array.from({ length: 33 }, () => valid), "too-many-signatures"],
    ["two timestamps", [`t=${now()}`, valid], "malformed-timestamp"],
  ])("%s → refused", async (_what, fields, reason) => {
    expect(await outcomeOf(fields)).toEqual({ ok: false, kind: "unauthentic", reason });
  });

  it("the helper signs with each secret of a rotation", async () => {
    const signed = signStripe({ secret: [other, secret], body });
    expect(await verifyWebhook(stripe({ secret }), signed)).toMatchObject({ ok: true });
    expect(await verifyWebhook(stripe({ secret: other }), signed)).toMatchObject({ ok: true });
    expect(await verifyWebhook(stripe({ secret: "whsec_of-nobody-we-know" }), signed)).toMatchObject({
      ok: false,
    });
  });

  function outcomeOf(fields: readonly string[]) {
    const signed = signStripe({ secret, body });
    const [timestamp = "", current = ""] = (signed.headers["stripe-signature"] ?? "").split(",");
    const header = [timestamp, ...fields].join(",").replaceAll(valid.slice(3), current.slice(3));
    return verifyWebhook(stripe({ secret }), { ...signed, headers: { "stripe-signature": header } });
  }
});

describe("events of Stripe", () => {
  it("have the whole body, the sender's id and the time of their creation", async () => {
    const [body] = sample("invoice.paid", "evt_2").attempts;
    expect(await verifyWebhook(stripe({ secret }), signStripe({ secret, body }))).toMatchObject({
      ok: true,
      event: { id: "evt_2", job: null, occurredAt: new Date(1_790_000_000_000), data: body },
    });
  });

  it("a thin event has its own notation of time", async () => {
    const body = { id: "evt_4", object: "v2.core.event", type: "v1.x", created: "2026-11-01T10:00:00.000Z" };
    expect(await verifyWebhook(stripe({ secret }), signStripe({ secret, body }))).toMatchObject({
      event: { id: "evt_4", known: false, type: "v1.x", occurredAt: new Date("2026-11-01T10:00:00Z") },
    });
  });

  it("without an id, the body tells them apart", async () => {
    const keys = await Promise.all(
      [{ type: "a" }, { type: "a" }, { type: "b" }].map(async (body) => {
        const result = await verifyWebhook(stripe({ secret }), signStripe({ secret, body }));
        return result.ok ? result.key : "";
      }),
    );
    expect(keys[0]).toBe(keys[1]);
    expect(keys[0]).not.toBe(keys[2]);
  });

  it("take their types from a union", () => {
    type Refunded = {
      readonly type: "charge.refunded";
      readonly data: { readonly object: { readonly id: string } };
    };
    type Paid = {
      readonly type: "invoice.paid";
      readonly data: { readonly object: { readonly total: number } };
    };
    expectTypeOf(stripe<Refunded | Paid>({ secret })).toEqualTypeOf<Provider<StripeEvent<Refunded | Paid>>>();
    expectTypeOf<StripeEvent<Refunded | Paid>>().toEqualTypeOf<
      KnownEvent<"charge.refunded", Refunded> | KnownEvent<"invoice.paid", Paid> | UnknownEvent
    >();
  });
});

function now(): number {
  return Math.floor(Date.now() / 1_000);
}

function sample(type: string, id: string, object = "event") {
  const body = {
    id,
    object,
    type,
    created: 1_790_000_000,
    livemode: false,
    data: { object: { id: "in_1" } },
  };
  return {
    name: type,
    attempts: [body, { ...body, pending_webhooks: 1 }] as const,
    type,
    known: true,
    job: null,
  };
}
