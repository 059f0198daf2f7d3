import { type KnownEvent, type UnknownEvent, verifyWebhook } from "@latchhook/core";
import { type ResendEvent, resend } from "@latchhook/core/providers/resend";
import { providerContract, signResend, signStandardWebhooks } from "@latchhook/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { payloadOf } from "../support/payload-of.ts";
import { standardWebhooksVectors } from "../support/signature-vectors.ts";
import { expectProcessed, trialReceiver } from "../support/trial-receiver.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

describe("resend", () => {
  const cases = providerContract({
    provider: (given) => resend({ secret: given }),
    secrets: [secret, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
    sign: signResend,
    requiredHeaders: ["svix-id", "svix-timestamp", "svix-signature"],
    listHeaders: ["svix-signature"],
    samples: [
      sample("email.sent"),
      sample("email.bounced"),
      sample("contact.created"),
      sample("domain.updated"),
      sample("inbox.thread.folder.updated"),
      { ...sample("email.recalled"), known: false },
    ],
    vectors: standardWebhooksVectors("svix"),
  });
  for (const { name, run } of cases) it(name, run);
});

describe("events of Resend", () => {
  it("have what it is about as data, and no job", async () => {
    const occurredAt = new Date("2026-11-22T23:41:12.126Z");
    const signed = signResend({ secret, type: "email.bounced", emailId: "email_1", occurredAt });
    expect(await verifyWebhook(resend({ secret }), signed)).toMatchObject({
      ok: true,
      event: {
        id: signed.headers["svix-id"],
        type: "email.bounced",
        data: { email_id: "email_1", bounce: { type: "Permanent" } },
        occurredAt,
        job: null,
      },
    });
  });

  it("under the newer header names are refused: Resend sends none", async () => {
    const { headers, body } = signResend({ secret, id: "msg_1" });
    const newer = signStandardWebhooks({ secret, id: "msg_1", body });
    const trial = trialReceiver(resend({ secret }));
    expect((await trial.post(newer)).status).toBe(401);
    expectProcessed(await trial.post({ headers: { ...newer.headers, ...headers }, body }), "both");
  });

  it("sent again by hand, under the same id, are duplicates", async () => {
    const trial = trialReceiver(resend({ secret }));
    const timestamp = Math.floor(Date.now() / 1000);
    expectProcessed(await trial.post(signResend({ secret, timestamp: timestamp - 200 })), "the first");
    expect((await trial.post(signResend({ secret, timestamp }))).body).toContain("duplicate");
  });

  it.each([null, "text", [], 7])("whose data is %j are unknown ones", async (data) => {
    const signed = signResend({
      secret,
      body: { type: "email.sent", created_at: "2026-11-22T23:41:12Z", data },
    });
    expect(await verifyWebhook(resend({ secret }), signed)).toMatchObject({
      ok: true,
      event: { known: false, data },
    });
  });

  it("take their types from a union of bodies", () => {
    type Payload =
      | { readonly type: "email.sent"; readonly data: { readonly email_id: string } }
      | { readonly type: "contact.created"; readonly data: { readonly id: string } };
    expectTypeOf<ResendEvent<Payload>>().toEqualTypeOf<
      | KnownEvent<"email.sent", { readonly email_id: string }>
      | KnownEvent<"contact.created", { readonly id: string }>
      | UnknownEvent
    >();
    expectTypeOf<"email.bounced">().toExtend<ResendEvent["type"]>();
  });
});

function sample(type: string) {
  const body = payloadOf(signResend({ secret, type }));
  return { name: type, attempts: [body, { ...body, later: 1 }] as const, type, known: true, job: null };
}
