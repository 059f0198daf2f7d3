import { verifyWebhook } from "@latchhook/core";
import { lemonSqueezy } from "@latchhook/core/providers/lemon-squeezy";
import { providerContract, signLemonSqueezy } from "@latchhook/testing";
import { describe, expect, it } from "vitest";

const secret = "secret-of-a-lemon-stand";

describe("lemonSqueezy", () => {
  const cases = providerContract({
    provider: (given) => lemonSqueezy({ secret: given }),
    secrets: [secret, "another-secret-of-a-stand"],
    sign: signLemonSqueezy,
    requiredHeaders: ["x-signature"],
    caseInsensitiveHeaders: ["x-signature"],
    toleranceSeconds: null,
    samples: [
      sample("order_created"),
      sample("subscription_updated"),
      sample("license_key_created"),
      { ...sample("new_of_theirs"), known: false },
    ],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("deliveries of Lemon Squeezy", () => {
  const verify = (body: object, event?: string | false) =>
    verifyWebhook(lemonSqueezy({ secret }), signLemonSqueezy({ secret, body, event }));

  it("are told by the body", async () => {
    const one = await verify(payload("subscription_updated", "2026-11-24T12:00:00Z"));
    const same = await verify(payload("subscription_updated", "2026-11-24T12:00:00Z"));
    const next = await verify(payload("subscription_updated", "2026-11-24T12:00:01Z"));
    const keys = [one, same, next].map((result) => result.ok && result.key);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[0]).not.toBe(keys[2]);
    expect(one).toMatchObject({ ok: true, event: { job: null, data: payload("subscription_updated") } });
  });

  it("the header that repeats the event's name may be absent, and not contradict", async () => {
    expect(await verify(payload("order_created"), false)).toMatchObject({ ok: true });
    expect(await verify(payload("order_created"), "order_refunded")).toMatchObject({
      ok: false,
      reason: "metadata-mismatch",
    });
  });
});

function payload(name: string, updatedAt = "2026-11-24T12:00:00Z") {
  const data = { type: "orders", id: "1", attributes: { status: "paid", updated_at: updatedAt } };
  return { meta: { event_name: name, test_mode: false }, data };
}

function sample(name: string) {
  return { name, attempts: [payload(name), payload(name)] as const, type: name, known: true, job: null };
}
