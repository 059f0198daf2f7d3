import { isLatchhookError, type Provider, verifyWebhook } from "@latchhook/core";
import { discord, discordInteraction } from "@latchhook/core/providers/discord";
import { discordPublicKey, providerContract, signDiscord } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { expectRefused, trialReceiver } from "../support/trial-receiver.ts";

const privateKeys = [
  "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
  "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
] as const;
const [privateKey] = privateKeys;
const publicKeys = privateKeys.map(discordPublicKey) as [string, string];
const [publicKey] = publicKeys;

const event = {
  version: 1,
  application_id: "1234560123453231555",
  type: 1,
  event: { type: "ENTITLEMENT_CREATE", timestamp: "2026-11-24T12:00:00.064834", data: { id: "1" } },
};
const command = { id: "846462639134605312", application_id: "1", type: 2, token: "t", version: 1, data: {} };

describe("discord", () => {
  const cases = providerContract({
    // Its questions are no deliveries, and tried below.
    provider: (given) => discord({ publicKey: given }) as Provider,
    secrets: publicKeys,
    sign: ({ secret, body, timestamp }) =>
      signDiscord({ privateKey: privateKeys[publicKeys.indexOf(secret)] ?? "", body, timestamp }),
    requiredHeaders: ["x-signature-ed25519", "x-signature-timestamp"],
    caseInsensitiveHeaders: ["x-signature-ed25519"],
    samples: [
      sample("ENTITLEMENT_CREATE", event),
      sample("APPLICATION_COMMAND", command),
      sample("MODAL_SUBMIT", { ...command, id: "846462639134605313", type: 5 }),
      { ...sample("", { ...command, type: 6 }), known: false },
      { ...sample("NEW_OF_ITS", { ...event, event: { type: "NEW_OF_ITS" } }), known: false },
    ],
  });
  for (const { name, run } of cases) it(name, run);
});

describe("what Discord asks", () => {
  const ask = (body: object, key: string = privateKey) => {
    const trial = trialReceiver(discord({ publicKey }));
    return { trial, answer: trial.post(signDiscord({ privateKey: key, body })) };
  };

  it("N125 an interaction's PING is answered with its type, and claims nothing", async () => {
    const { trial, answer } = ask({ id: "1", application_id: "1", type: 1, token: "t", version: 1 });
    expect(await answer).toMatchObject({ status: 200, body: '{"type":1}' });
    expect((await answer).headers["content-type"]).toBe("application/json");
    expect([trial.storeCalls, trial.persisted]).toEqual([[], []]);
  });

  it("N125 a webhook event's PING is answered 204 with a content type, and claims nothing", async () => {
    const { trial, answer } = ask({ version: 1, application_id: "1", type: 0 });
    expect(await answer).toMatchObject({ status: 204, body: "" });
    expect((await answer).headers["content-type"]).toBe("application/json");
    expect([trial.storeCalls, trial.persisted]).toEqual([[], []]);
  });

  it.each([0, 1])("N125 a PING of type %i with a wrong signature is refused", async (type) => {
    const { trial, answer } = ask({ type }, privateKeys[1]);
    expectRefused(trial, await answer, 401, "a forged PING");
  });

  it.each(["0", "1", true, null, [1]])("type %j is no PING", async (type) => {
    const { trial, answer } = ask({ type });
    expect((await answer).status).toBe(204);
    expect(trial.persisted).toHaveLength(1);
  });
});

describe("deliveries of Discord", () => {
  it("a webhook event has the type of a PING, and is delivered: 204, and once", async () => {
    const trial = trialReceiver(discord({ publicKey }));
    const timestamp = Math.floor(Date.now() / 1000);
    for (const later of [0, 2]) {
      const signed = signDiscord({ privateKey, body: event, timestamp: timestamp + later });
      expect(await trial.post(signed)).toMatchObject({ status: 204, body: "" });
    }
    expect(trial.persisted).toHaveLength(1);
    const [{ event: first }] = trial.persisted as [(typeof trial.persisted)[number]];
    expect(first).toMatchObject({ type: "ENTITLEMENT_CREATE", known: true, data: event });
    expect(first.occurredAt?.toISOString()).toBe("2026-11-24T12:00:00.064Z");
  });

  it("an interaction is told by its id", async () => {
    const keys = [command, { ...command, token: "another" }, { ...command, id: "2" }].map(async (body) => {
      const result = await verifyWebhook(discord({ publicKey }), signDiscord({ privateKey, body }));
      return result.ok ? result.key : result.kind;
    });
    const [one, same, other] = await Promise.all(keys);
    expect(same).toBe(one);
    expect(other).not.toBe(one);
    expect(discordInteraction.safeParse(command).success).toBe(true);
  });

  it.each(["", "abc", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", publicKey.slice(1)])(
    "the public key cannot be %j",
    (given) => {
      expect(() => discord({ publicKey: given })).toThrow(
        expect.toSatisfy((error) => isLatchhookError(error) && /secret/.test(error.code)),
      );
    },
  );
});

function sample(type: string, body: object) {
  return {
    name: `${type} ${JSON.stringify(body)}`,
    attempts: [body, body] as const,
    type,
    known: true,
    job: null,
  };
}
