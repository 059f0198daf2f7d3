import { type KnownEvent, type Provider, type UnknownEvent, verifyWebhook } from "@latchhook/core";
import { type SquareEvent, square } from "@latchhook/core/providers/square";
import { providerContract, signSquare } from "@latchhook/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { expectProcessed, trialReceiver } from "../support/trial-receiver.ts";

const secret = "a-signature-key-of-square";
const url = "https://example.com/webhooks/square?shop=1";

const event = (type: string, eventId: string) => ({
  merchant_id: "6SSW7HV8K2ST5",
  type,
  event_id: eventId,
  created_at: "2026-11-01T12:00:00.123Z",
  data: { type: "payment", id: "payment_1", object: { payment: { id: "payment_1" } } },
});

describe("square", () => {
  const cases = providerContract({
    provider: (given) => square({ secret: given, url }),
    secrets: [secret, "another-signature-key"],
    sign: (content) => signSquare({ ...content, url }),
    requiredHeaders: ["x-square-hmacsha256-signature"],
    toleranceSeconds: null,
    samples: [
      sample("payment.created", "event-1"),
      sample("payment.updated", "event-2"),
      { ...sample("payment.updated", "event-3"), name: "the same type again" },
    ],
  });
  for (const { name, run } of cases) it(name, run);

  it.each([
    ["another path", "https://example.com/webhooks/squar?shop=1"],
    ["another scheme", "http://example.com/webhooks/square?shop=1"],
    ["the default port", "https://example.com:443/webhooks/square?shop=1"],
    ["another query", "https://example.com/webhooks/square?shop=2"],
    ["no query", "https://example.com/webhooks/square"],
    ["another host", "https://example.org/webhooks/square?shop=1"],
    ["a part of the body", `${url}{`],
  ])("signed for %s → refused, whatever the request says of its URL", async (_what, signed) => {
    const { headers, body } = signSquare({ secret, url: signed, body: event("payment.created", "1") });
    const request = {
      headers: { ...headers, host: new URL(signed).host },
      body,
      url: signed,
      method: "POST",
    };
    const result = await verifyWebhook(square({ secret, url }), request);
    expect(result).toMatchObject({ ok: false, reason: "signature-mismatch" });
  });

  it("without a URL, or with a path alone → says so when it is made", () => {
    for (const none of [undefined, "", "/webhooks/square", "example.com/webhooks"]) {
      expect(() => square({ secret, url: none as string })).toThrow(/square: url must be the absolute URL/);
    }
  });

  it("the same event again → a duplicate; another → another", async () => {
    const trial = trialReceiver(square({ secret, url }));
    const post = (eventId: string) => trial.post(signSquare({ secret, url, eventId }));
    expectProcessed(await post("1"), "the first");
    expect((await post("1")).body).toBe('{"received":true,"duplicate":true}');
    expectProcessed(await post("2"), "another");
    expect(trial.persisted[0]?.event).toMatchObject({
      id: "1",
      type: "payment.updated",
      known: true,
      job: null,
      occurredAt: new Date("2026-11-01T12:00:00.123Z"),
    });
  });

  it("has no type, no data or no event id → an unknown event, or one known by its body", async () => {
    for (const changed of [{ type: undefined }, { data: undefined }, { data: [] }, { type: 7 }]) {
      const body = { ...event("payment.created", "1"), ...changed };
      const result = await verifyWebhook(square({ secret, url }), signSquare({ secret, url, body }));
      expect(result).toMatchObject({ ok: true, event: { known: false } });
    }
    const keys = [1, 2].map(async (shift) => {
      const body = { ...event("payment.created", ""), shift };
      const result = await verifyWebhook(square({ secret, url }), signSquare({ secret, url, body }));
      return result.ok && result.key;
    });
    expect(new Set(await Promise.all(keys)).size).toBe(2);
  });

  it("takes its payloads' types from a map", () => {
    interface Payloads {
      "payment.created": { readonly event_id: string };
    }
    expectTypeOf(square<Payloads>({ url, secret })).toEqualTypeOf<Provider<SquareEvent<Payloads>>>();
    expectTypeOf<SquareEvent<Payloads>>().toEqualTypeOf<
      KnownEvent<"payment.created", Payloads["payment.created"]> | UnknownEvent
    >();
  });
});

function sample(type: string, eventId: string) {
  const body = event(type, eventId);
  return { name: type, attempts: [body, body] as const, type, known: true, job: null };
}
