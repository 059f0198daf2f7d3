import { generateKeyPairSync } from "node:crypto";
import { type SignedRequest, verifyWebhook } from "@latchhook/core";
import { fal } from "@latchhook/core/providers/fal";
import { providerContract, publishedKeys, signFal } from "@latchhook/testing";
import { describe, expect, it, vi } from "vitest";
import { fetchedKeysSkips } from "../support/fetched-keys.ts";
import { keyServer } from "../support/key-server.ts";
import { trialReceiver } from "../support/trial-receiver.ts";

const newKey = () =>
  generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }) as string;
const [privateKey, otherKey] = [newKey(), newKey()] as const;
const userId = "user_1";
const provider = fal({ userId, fetchKeys: publishedKeys(privateKey) });
const verify = (request: SignedRequest) => verifyWebhook(provider, request);

const ok = { request_id: "request_1", gateway_request_id: "request_1", status: "OK", payload: { seed: 1 } };
const failed = { ...ok, request_id: "request_2", status: "ERROR", error: "Invalid status code: 422" };

describe("fal", () => {
  const cases = providerContract({
    provider: (given) => fal({ userId, fetchKeys: publishedKeys(given as string) }),
    secrets: [privateKey, otherKey],
    sign: ({ secret, id, ...content }) => signFal({ ...content, privateKey: secret, userId, requestId: id }),
    requiredHeaders: [
      "x-fal-webhook-signature",
      "x-fal-webhook-timestamp",
      "x-fal-webhook-request-id",
      "x-fal-webhook-user-id",
    ],
    caseInsensitiveHeaders: ["x-fal-webhook-signature"],
    samples: [
      {
        name: "ok",
        attempts: [ok, ok],
        type: "OK",
        known: true,
        job: { id: "request_1", status: "completed" },
      },
      {
        name: "error",
        attempts: [failed, failed],
        type: "ERROR",
        known: true,
        job: { id: "request_2", status: "failed" },
      },
    ],
    skip: fetchedKeysSkips,
  });
  for (const { name, run } of cases) it(name, run);

  it("another account's delivery, authentic as it is → refused, and no key is fetched for it", async () => {
    const fetchKeys = vi.fn(publishedKeys(privateKey));
    const mine = fal({ userId: [userId, "user_2"], fetchKeys });
    const of = (account: string) => verifyWebhook(mine, signFal({ privateKey, userId: account }));
    expect(await of("user_3")).toMatchObject({ ok: false, reason: "wrong-audience" });
    expect(fetchKeys).not.toHaveBeenCalled();
    expect(await of("user_2")).toMatchObject({ ok: true });
  });

  it.each([undefined, "", " ", [], ["user_1", ""], 7])(
    "the account %j → says so when it is made",
    (account) => {
      expect(() => fal({ userId: account as string })).toThrow(/fal: userId is required: fal signs for all/);
    },
  );

  it("asks fal for its keys; where there are none it answers 503, and later 200", async () => {
    await using server = await keyServer((_, response) => response.writeHead(500).end());
    vi.useFakeTimers({ toFake: ["Date"] });
    const trial = trialReceiver(fal({ userId, fetchKeys: server.fetchKeys }));
    const post = async () => (await trial.post(signFal({ privateKey, userId }))).status;
    expect(await post()).toBe(503);
    expect(trial.outcomes[0]?.code).toBe("secret-unavailable");
    server.answerWith(await (await publishedKeys([otherKey, privateKey])()).json());
    expect(await post(), "within a minute").toBe(503);
    vi.setSystemTime(Date.now() + 60_000);
    expect(await post()).toBe(200);
    expect(server.asked).toEqual(["/.well-known/jwks.json", "/.well-known/jwks.json"]);
    vi.useRealTimers();
  });

  it("the same request again → a duplicate, whatever its body; another → another", async () => {
    const trial = trialReceiver(provider);
    const codeOf = async (requestId: string) => {
      await trial.post(signFal({ privateKey, userId, requestId }));
      return trial.outcomes.at(-1)?.code;
    };
    expect([await codeOf("1"), await codeOf("1"), await codeOf("2")]).toEqual([
      "processed",
      "duplicate",
      "processed",
    ]);
    expect(trial.persisted[0]?.event).toMatchObject({ id: "1", type: "OK" });
  });

  it("a status that is not known → an unknown event without a job", async () => {
    const body = { ...ok, status: "IN_PROGRESS" };
    expect(await verify(signFal({ privateKey, userId, body }))).toMatchObject({
      event: { type: "IN_PROGRESS", known: false, job: null },
    });
  });
});
