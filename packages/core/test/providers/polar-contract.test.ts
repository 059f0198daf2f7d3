import { type SecretOption, verifyWebhook } from "@latchhook/core";
import { polar } from "@latchhook/core/providers/polar";
import { providerContract, signPolar } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { payloadOf } from "../support/payload-of.ts";
import { standardWebhooksVectors } from "../support/signature-vectors.ts";

const secret = "whsec_cG9sYXItZmlyc3Qtb2YtdHdvLXNlY3JldHMtMTI=";
/** As Polar made them before September 2026: `whsec_` and 43 characters that are, or are not, base64. */
const older = [
  "whsec_zHbVdSLvGm7KfTq9cWxN4RjP2yEa6UoB1iDsXk3MtQw",
  "polar_whs_chosen-by-its_owner!",
] as const;

const shared = {
  provider: (given: SecretOption) => polar({ secret: given }),
  requiredHeaders: ["webhook-id", "webhook-timestamp", "webhook-signature"] as const,
  listHeaders: ["webhook-signature"],
  samples: [
    sample("order.paid"),
    sample("subscription.active"),
    sample("benefit_grant.cycled"),
    { ...sample("order.lost"), known: false },
  ] as const,
};

describe("polar, secrets that are base64", () => {
  const cases = providerContract({
    ...shared,
    secrets: [secret, "whsec_cG9sYXItc2Vjb25kLW9mLXR3by1zZWNyZXRzLTE="],
    sign: (content) => signPolar({ ...content, secretForm: "base64" }),
    vectors: standardWebhooksVectors(),
  });
  for (const { name, run } of cases) it(name, run);
});

describe("polar, secrets that are text", () => {
  const cases = providerContract({
    ...shared,
    secrets: older,
    sign: (content) => signPolar({ ...content, secretForm: "utf8" }),
  });
  for (const { name, run } of cases) it(name, run);
});

describe("the secrets of Polar", () => {
  it.each(["base64", "utf8"] as const)("one that could be either is tried as %s", async (secretForm) => {
    const signed = signPolar({ secret: older[0], secretForm });
    expect(await verifyWebhook(polar({ secret: older[0] }), signed)).toMatchObject({
      ok: true,
      secretIndex: 0,
    });
  });

  it("of different ages stand beside each other, and the one that matched is named", async () => {
    const provider = polar({ secret: [older[1], secret, older[0]] });
    for (const [index, secretForm] of (["utf8", "base64", "utf8"] as const).entries()) {
      const signed = signPolar({ secret: [older[1], secret, older[0]][index] as string, secretForm });
      expect(await verifyWebhook(provider, signed)).toMatchObject({ ok: true, secretIndex: index });
    }
  });

  it("come from a function, asked once for a delivery, whatever their form", async () => {
    let asked = 0;
    const provider = polar({
      async secret() {
        asked++;
        return older[1];
      },
    });
    const result = await verifyWebhook(provider, signPolar({ secret: older[1], secretForm: "utf8" }));
    expect(result).toMatchObject({ ok: true });
    expect(asked).toBe(1);
  });
});

describe("events of Polar", () => {
  it("have the object as data, the webhook-id as id, and no job", async () => {
    const occurredAt = new Date("2026-11-01T10:00:00.000Z");
    const signed = signPolar({ secret, type: "order.paid", objectId: "order_1", occurredAt });
    expect(await verifyWebhook(polar({ secret }), signed)).toMatchObject({
      ok: true,
      event: {
        id: signed.headers["webhook-id"],
        type: "order.paid",
        data: { id: "order_1" },
        occurredAt,
        job: null,
      },
    });
  });
});

function sample(type: string) {
  const body = payloadOf(signPolar({ secret, type }));
  return { name: type, attempts: [body, { ...body, later: 1 }] as const, type, known: true, job: null };
}
