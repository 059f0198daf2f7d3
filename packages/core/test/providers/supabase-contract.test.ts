import { verifyWebhook } from "@latchhook/core";
import { supabase, supabaseEvents, supabaseSendEmail } from "@latchhook/core/providers/supabase";
import { providerContract, signSupabase } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { payloadOf } from "../support/payload-of.ts";
import { standardWebhooksVectors } from "../support/signature-vectors.ts";
import { trialReceiver } from "../support/trial-receiver.ts";

const secret = "v1,whsec_c3VwYWJhc2UtZmlyc3Qtb2YtdHdvLXNlY3JldHM=";
const other = "v1,whsec_c3VwYWJhc2Utc2Vjb25kLW9mLXR3by1zZWNyZXQ=";
const hooks = Object.keys(supabaseEvents);

describe("supabase", () => {
  const cases = providerContract({
    provider: (given) => supabase({ secret: given }),
    secrets: [secret, other],
    sign: signSupabase,
    requiredHeaders: ["webhook-id", "webhook-timestamp", "webhook-signature"],
    listHeaders: ["webhook-signature"],
    samples: [
      sample("send-email"),
      ...hooks.filter((hook) => hook !== "send-email").map((hook) => sample(hook)),
      { ...sample("before-user-deleted"), known: false },
    ],
    vectors: standardWebhooksVectors(),
  });
  for (const { name, run } of cases) it(name, run);
});

describe("calls of Supabase's hooks", () => {
  it("have the whole body as data, and the call's own id and time", async () => {
    const occurredAt = new Date("2026-11-01T10:00:00.123Z");
    const signed = signSupabase({ secret, hook: "send-email", occurredAt });
    const body = payloadOf(signed);
    expect(await verifyWebhook(supabase({ secret }), signed)).toMatchObject({
      ok: true,
      event: {
        id: (body.metadata as { uuid: string }).uuid,
        type: "send-email",
        data: body,
        occurredAt,
        job: null,
      },
    });
    expect(supabaseSendEmail.parse(body)).toEqual(body);
  });

  it("have a webhook-id for each attempt, and are one all the same", async () => {
    const trial = trialReceiver(supabase({ secret }));
    for (const id of ["first", "second"]) await trial.post(signSupabase({ secret, id, userId: "user_1" }));
    await trial.post(signSupabase({ secret, userId: "user_2" }));
    expect(trial.persisted).toHaveLength(2);
  });

  it.each(hooks.filter((hook) => !hook.includes("user-created")))(
    "of %s are known by their shape where the body does not name the hook",
    async (hook) => {
      const signed = signSupabase({ secret, hook, metadata: false });
      const result = await verifyWebhook(supabase({ secret }), signed);
      expect(result).toMatchObject({ ok: true, event: { type: hook, known: true } });
    },
  );

  it("without an id of their own are one where their bodies are", async () => {
    const trial = trialReceiver(supabase({ secret }));
    for (const userId of ["user_1", "user_1", "user_2"]) {
      await trial.post(signSupabase({ secret, userId, metadata: false }));
    }
    expect(trial.persisted).toHaveLength(2);
  });

  it("during a rotation have their signatures with a comma between", async () => {
    const signed = signSupabase({ secret: [other, secret] });
    expect(signed.headers["webhook-signature"]).toMatch(/^v1,[\w+/]+=, v1,[\w+/]+=$/);
    for (const [index, known] of [secret, other].entries()) {
      const result = await verifyWebhook(supabase({ secret: known }), signed);
      expect(result, `secret ${index}`).toMatchObject({ ok: true });
    }
  });

  it.each([secret.slice("v1,".length), secret.slice("v1,whsec_".length)])(
    "verify with the secret however much of its prefix was copied",
    async (copied) => {
      expect(await verifyWebhook(supabase({ secret: copied }), signSupabase({ secret }))).toMatchObject({
        ok: true,
      });
    },
  );
});

function sample(hook: string) {
  const body = payloadOf(signSupabase({ secret, hook }));
  return { name: hook, attempts: [body, body] as const, type: hook, known: true, job: null };
}
