import { verifyWebhook } from "@latchhook/core";
import { heygen } from "@latchhook/core/providers/heygen";
import { providerContract, signHeygen } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { trialReceiver } from "../support/trial-receiver.ts";

const secret = "whsec_k7x9m2-of-an-endpoint";

const versions = [
  ["v3", "heygen-signature"],
  ["v1", "signature"],
] as const;

describe.each(versions)("heygen, endpoints of %s", (version, header) => {
  const cases = providerContract({
    provider: (given) => heygen({ secret: given }),
    secrets: [secret, "whsec_another-of-an-endpoint"],
    sign: ({ secret: given, body }) => signHeygen({ secret: given, body, version }),
    requiredHeaders: [header],
    caseInsensitiveHeaders: [header],
    toleranceSeconds: null,
    samples: [
      sample("avatar_video.success", { video_id: "v_1" }, { id: "v_1", status: "completed" }),
      sample("avatar_video.fail", { video_id: "v_1", msg: "no" }, { id: "v_1", status: "failed" }),
      sample("video_translate.success", { video_translate_id: "t_1" }, { id: "t_1", status: "completed" }),
      sample("instant_avatar.success", { avatar_id: "a_1" }, null),
      sample("personalized_video", { video_id: "v_1", project_id: "p_1" }, null),
      {
        ...sample("new_of_theirs.success", { video_id: "v_2" }, { id: "v_2", status: "completed" }),
        known: false,
      },
    ],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("deliveries of HeyGen", () => {
  const provider = heygen({ secret });
  const keyOf = async (body: object, version: "v1" | "v3" = "v3") => {
    const result = await verifyWebhook(provider, signHeygen({ secret, body, version }));
    return result.ok ? result.key : result.reason;
  };
  const ready = (data: object, others: object = {}) => ({
    event_type: "video_translate.success",
    event_data: { video_translate_id: "t_1", ...data },
    ...others,
  });

  it("with an event id in the body are told by it alone", async () => {
    const first = await keyOf(ready({}, { event_id: "evt_1" }));
    expect(await keyOf(ready({ url: "new" }, { event_id: "evt_1" }))).toBe(first);
    expect(await keyOf(ready({}, { event_id: "evt_2" }))).not.toBe(first);
  });

  it("of a job's end are told by type, job and language: a URL that is signed anew changes nothing", async () => {
    const first = await keyOf(ready({ url: "https://example.com/?Expires=1", output_language: "German" }));
    expect(await keyOf(ready({ url: "https://example.com/?Expires=2", output_language: "German" }))).toBe(
      first,
    );
    expect(await keyOf(ready({ output_language: "French" }))).not.toBe(first);
    expect(await keyOf({ ...ready({}), event_type: "video_translate.fail" })).not.toBe(first);
  });

  it("of all else are told by the body", async () => {
    const trained = (at: number) => ({ event_type: "photo_avatar_train.success", event_data: { at } });
    expect(await keyOf(trained(1))).not.toBe(await keyOf(trained(2)));
  });

  it("are the same from an endpoint of v1, and refused with the signatures of both", async () => {
    expect(await keyOf(ready({}), "v1")).toBe(await keyOf(ready({}), "v3"));
    const [v1, v3] = (["v1", "v3"] as const).map((version) =>
      signHeygen({ secret, body: ready({}), version }),
    );
    const both = { headers: { ...v1?.headers, ...v3?.headers }, body: v1?.body ?? new Uint8Array() };
    expect(await verifyWebhook(provider, both)).toMatchObject({ ok: false, reason: "conflicting-headers" });
  });
});

describe("N125 an endpoint of v1 is tried with OPTIONS", () => {
  it.each([
    ["OPTIONS", 200],
    ["GET", 405],
    ["PUT", 405],
  ])("%s → %i, and nothing is claimed", async (method, status) => {
    const trial = trialReceiver(heygen({ secret }));
    const response = await trial.receiver.handle(new Request("https://example.com/hook", { method }));
    expect(response.status).toBe(status);
    expect([trial.storeCalls, trial.persisted]).toEqual([[], []]);
  });
});

function sample(type: string, data: object, job: { id: string; status: string } | null) {
  const body = { event_type: type, event_data: data };
  return { name: type, attempts: [body, body] as const, type, known: true, job };
}
