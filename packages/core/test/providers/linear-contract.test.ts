import { type Provider, verifyWebhook } from "@latchhook/core";
import { type LinearEvent, linear } from "@latchhook/core/providers/linear";
import { providerContract, signLinear } from "@latchhook/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { expectProcessed, trialReceiver } from "../support/trial-receiver.ts";

const secret = "lin_wh_secret-of-the-webhook";
const now = Math.floor(Date.now() / 1000) * 1000;

const issue = { action: "create", type: "Issue", createdAt: "2026-11-24T12:00:00.000Z", data: { id: "i_1" } };
const sla = { action: "breached", type: "IssueSLA", createdAt: "2026-11-24T12:00:00.000Z", issueData: {} };

describe("linear", () => {
  const cases = providerContract({
    provider: (given) => linear({ secret: given }),
    secrets: [secret, "lin_wh_another-secret-of-it"],
    sign: signLinear,
    requiredHeaders: ["linear-signature"],
    caseInsensitiveHeaders: ["linear-signature"],
    toleranceSeconds: null,
    samples: [
      sample("Issue", issue),
      sample("IssueSLA", sla),
      sample("Issue", { ...issue, action: "update", updatedFrom: { title: "before" } }),
      { ...sample("NewOfIts", { ...issue, type: "NewOfIts" }), known: false },
    ],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("the time of sending, which is in the signed body", () => {
  const at = (ageSeconds: number, receivedAt = now) => ({
    ...signLinear({ secret, body: { ...issue, webhookTimestamp: now - ageSeconds * 1_000 } }),
    receivedAt,
  });

  it.each([
    [60, "Issue"],
    [-60, "Issue"],
    [61, "stale-content"],
    [-61, "future-content"],
  ])("%i s old → %s", async (age, expected) => {
    const result = await verifyWebhook(linear({ secret }), at(age));
    expect(result.ok ? result.event.type : result.kind === "unauthentic" && result.reason).toBe(expected);
  });

  it("is believed as far as toleranceSeconds says", async () => {
    expect(await verifyWebhook(linear({ secret, toleranceSeconds: 7_200 }), at(7_200))).toMatchObject({
      ok: true,
    });
    expect(() => linear({ secret, toleranceSeconds: 0 })).toThrow(/linear: toleranceSeconds/);
  });

  it("is no part of the identity: a retry that is signed anew is a duplicate", async () => {
    const trial = trialReceiver(linear({ secret }));
    const sign = (body: object, spaces = 0) =>
      signLinear({ secret, body: JSON.stringify(body, null, spaces) });
    expectProcessed(await trial.post(sign({ ...issue, webhookTimestamp: now })), "the first");
    const retry = await trial.post(sign({ ...issue, webhookTimestamp: now + 5_000 }));
    expect(retry.body).toBe('{"received":true,"duplicate":true}');
    const next = { ...issue, createdAt: "2026-11-24T12:00:01.000Z", webhookTimestamp: now };
    expectProcessed(await trial.post(sign(next)), "the next event");
    expectProcessed(await trial.post(sign({ ...issue, webhookTimestamp: now }, 2)), "another text");
  });

  it("that stands in a text tells deliveries apart", async () => {
    const keys = [1, 2].map(async (digit) => {
      const title = `"webhookTimestamp":179500000000${digit}`;
      const body = { ...issue, data: { title }, webhookTimestamp: now };
      const result = await verifyWebhook(linear({ secret }), signLinear({ secret, body }));
      return result.ok && result.key;
    });
    const [one, two] = await Promise.all(keys);
    expect(one).not.toBe(two);
  });

  it.each([undefined, null, "now", 7, -1, 1e300, 12.5, 179_500_000_000])(
    "%j is none: delivered, and its record kept for good",
    async (webhookTimestamp) => {
      const provider = linear({ secret });
      const signed = signLinear({ secret, body: { ...issue, webhookTimestamp } });
      expect(await verifyWebhook(provider, signed)).toMatchObject({ ok: true });
      expect(provider.read(signed)).toMatchObject({ undated: true });
    },
  );
});

describe("events of Linear", () => {
  it("are its types, of which the body says what happened", async () => {
    const result = await verifyWebhook(linear({ secret }), signLinear({ secret }));
    expect(result).toMatchObject({
      ok: true,
      event: { type: "Issue", known: true, data: { action: "create" } },
    });
    expect(result.ok && result.event.occurredAt).toBeInstanceOf(Date);
    expect(result.ok && result.event.id === result.key).toBe(true);
  });

  it("take their payloads' types from a map, such as that of its SDK", () => {
    interface Payloads {
      Issue: { readonly action: string; readonly data: { readonly id: string } };
    }
    expectTypeOf(linear<Payloads>({ secret })).toEqualTypeOf<Provider<LinearEvent<Payloads>>>();
  });
});

function sample(type: string, body: object) {
  const attempts = [0, 1_000].map((later) => ({ ...body, webhookTimestamp: now + later }));
  const [first, retry] = attempts as [object, object];
  const name = `${type} ${"action" in body ? body.action : ""}`;
  return { name, attempts: [first, retry] as const, type, known: true, job: null };
}
