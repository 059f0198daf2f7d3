import { type KnownEvent, type Provider, type UnknownEvent, verifyWebhook } from "@latchhook/core";
import { type PaddleEvent, paddle } from "@latchhook/core/providers/paddle";
import { providerContract, signPaddle } from "@latchhook/testing";
import { describe, expect, expectTypeOf, it } from "vitest";

const [secret, other] = [
  "pdl_ntfset_01_6h3qd3uFSi9YCD3OLYAShQI90XTI5vEI",
  "pdl_ntfset_02_of-the-next-secret",
] as const;

describe("paddle", () => {
  const cases = providerContract({
    provider: (given) => paddle({ secret: given }),
    secrets: [secret, other],
    sign: signPaddle,
    requiredHeaders: ["paddle-signature"],
    caseInsensitiveHeaders: ["paddle-signature"],
    samples: [
      sample("transaction.completed", "evt_1"),
      sample("subscription.canceled", "evt_2"),
      sample("customer.created", "evt_3"),
      {
        ...sample("report.created", "evt_4"),
        attempts: [
          { event_id: "evt_4", event_type: "report.created" },
          { event_id: "evt_4", event_type: "report.created" },
        ],
        known: false,
      },
    ],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("what Paddle's header holds", () => {
  const { body, headers } = signPaddle({
    secret,
    body: sample("transaction.completed", "evt_1").attempts[0],
  });
  const [time = "", valid = ""] = (headers["paddle-signature"] ?? "").split(";");
  const foreign = `h1=${"0".repeat(64)}`;

  it.each([
    ["the old and the new secret's, old first", [valid, foreign]],
    ["the old and the new secret's, new first", [foreign, valid]],
    ["a field of another name beside it", [valid, "h2=abc"]],
  ])("%s → verified", async (_what, fields) => {
    expect(await outcomeOf([time, ...fields].join(";"))).toMatchObject({ ok: true });
  });

  it.each([
    ["only one that was not made with the secret", [time, foreign].join(";"), "signature-mismatch"],
    ["Stripe's separator", [time, valid].join(","), "missing-signature"],
    ["no time", valid, "missing-timestamp"],
    ["no signature", time, "missing-signature"],
    ["a signature that is cut", [time, valid.slice(0, -1)].join(";"), "malformed-signature"],
    ["two times", [time, time, valid].join(";"), "malformed-timestamp"],
    ["two lines", [`${time};${valid}`, `${time};${valid}`].join(", "), "malformed-signature"],
  ])("%s → refused", async (_what, header, reason) => {
    expect(await outcomeOf(header)).toEqual({ ok: false, kind: "unauthentic", reason });
  });

  it("the helper signs with each secret of a rotation", async () => {
    const signed = signPaddle({ secret: [other, secret] });
    expect(await verifyWebhook(paddle({ secret }), signed)).toMatchObject({ ok: true });
    expect(await verifyWebhook(paddle({ secret: other }), signed)).toMatchObject({ ok: true });
  });

  function outcomeOf(header: string) {
    return verifyWebhook(paddle({ secret }), { headers: { "paddle-signature": header }, body });
  }
});

describe("events of Paddle", () => {
  it("have the whole body, the sender's id and the time", async () => {
    const [body] = sample("transaction.completed", "evt_1").attempts;
    expect(await verifyWebhook(paddle({ secret }), signPaddle({ secret, body }))).toMatchObject({
      ok: true,
      event: { id: "evt_1", job: null, occurredAt: new Date("2026-11-01T10:00:00.123Z"), data: body },
    });
  });

  it("take their types from a union", () => {
    type Paid = { readonly event_type: "transaction.paid"; readonly data: { readonly id: string } };
    expectTypeOf(paddle<Paid>({ secret })).toEqualTypeOf<Provider<PaddleEvent<Paid>>>();
    expectTypeOf<PaddleEvent<Paid>>().toEqualTypeOf<KnownEvent<"transaction.paid", Paid> | UnknownEvent>();
  });
});

/** By hand it is sent again under another `notification_id`. */
function sample(type: string, id: string) {
  const body = {
    event_id: id,
    event_type: type,
    occurred_at: "2026-11-01T10:00:00.123456Z",
    data: { id: "x" },
  };
  const attempts = [
    { ...body, notification_id: "ntf_1" },
    { ...body, notification_id: "ntf_2" },
  ] as const;
  return { name: type, attempts, type, known: true, job: null };
}
