import { verifyWebhook } from "@latchhook/core";
import { type ClerkEvent, clerk } from "@latchhook/core/providers/clerk";
import { providerContract, signClerk, signStandardWebhooks } from "@latchhook/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { payloadOf } from "../support/payload-of.ts";
import { standardWebhooksVectors } from "../support/signature-vectors.ts";
import { trialReceiver } from "../support/trial-receiver.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

describe("clerk", () => {
  const cases = providerContract({
    provider: (given) => clerk({ secret: given }),
    secrets: [secret, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
    sign: signClerk,
    requiredHeaders: ["svix-id", "svix-timestamp", "svix-signature"],
    listHeaders: ["svix-signature"],
    samples: [
      sample("user.created"),
      sample("user.deleted"),
      sample("session.ended"),
      sample("organizationMembership.updated"),
      sample("subscriptionItem.freeTrialEnding"),
      { ...sample("user.locked"), known: false },
    ],
    vectors: standardWebhooksVectors("svix"),
  });
  for (const { name, run } of cases) it(name, run);
});

describe("events of Clerk", () => {
  it("have the object as data, and happened at the body's milliseconds", async () => {
    const occurredAt = new Date(1_790_000_000_123);
    const signed = signClerk({ secret, objectId: "user_1", occurredAt });
    expect(await verifyWebhook(clerk({ secret }), signed)).toMatchObject({
      ok: true,
      event: {
        id: signed.headers["svix-id"],
        type: "user.created",
        data: { id: "user_1" },
        occurredAt,
        job: null,
      },
    });
  });

  it("under the newer header names are refused: Clerk's own check does not read them", async () => {
    const trial = trialReceiver(clerk({ secret }));
    const { body } = signClerk({ secret });
    expect((await trial.post(signStandardWebhooks({ secret, body }))).status).toBe(401);
    expect(trial.outcomes).toMatchObject([{ reason: "missing-signature" }]);
  });

  it("take their types from a union of bodies", async () => {
    type Payload = {
      readonly type: "user.created" | "user.updated";
      readonly data: { readonly first_name: string };
    };
    const result = await verifyWebhook(
      clerk<Payload>({ secret }),
      signClerk({ secret, data: { first_name: "A" } }),
    );
    if (!result.ok || result.event.type !== "user.created") throw new Error("not a user");
    expectTypeOf(result.event.data).toEqualTypeOf<{ readonly first_name: string }>();
    expect(result.event.data.first_name).toBe("A");
    expectTypeOf<"sms.created">().toExtend<ClerkEvent["type"]>();
  });
});

function sample(type: string) {
  const body = payloadOf(signClerk({ secret, type }));
  return { name: type, attempts: [body, { ...body, later: 1 }] as const, type, known: true, job: null };
}
