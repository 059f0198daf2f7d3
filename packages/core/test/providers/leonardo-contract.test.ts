import { verifyWebhook } from "@latchhook/core";
import { leonardo } from "@latchhook/core/providers/leonardo";
import { providerContract, signLeonardo } from "@latchhook/testing";
import { describe, expect, it } from "vitest";
import { unboundBody } from "../support/unbound-body.ts";

const secret = "key-of-a-callback-of-leonardo";

describe("leonardo", () => {
  const cases = providerContract({
    provider: (given) => leonardo({ secret: given }),
    secrets: [secret, "another-key-of-a-callback"],
    sign: signLeonardo,
    requiredHeaders: ["authorization"],
    // The scheme's letters count the same in either case. Those of the secret do not, and are tried below.
    caseInsensitiveHeaders: ["authorization"],
    toleranceSeconds: null,
    samples: [
      sample("image_generation.complete", "COMPLETE", "completed"),
      sample("image_generation.complete", "FAILED", "failed"),
      sample("image_generation.complete", "PENDING", "processing"),
      { ...sample("new_of_theirs", "COMPLETE", "completed"), known: false },
    ],
    skip: unboundBody,
  });
  for (const { name, run } of cases) it(name, run);
});

describe("callbacks of Leonardo", () => {
  const verify = (body: object, authorization = `Bearer ${secret}`) => {
    const signed = signLeonardo({ secret, body });
    return verifyWebhook(leonardo({ secret }), { ...signed, headers: { authorization } });
  };

  it("carry the key in its own case, after the scheme in any", async () => {
    expect(await verify(payload("a", "COMPLETE"), `bearer ${secret}`)).toMatchObject({ ok: true });
    for (const other of [secret.toUpperCase(), `${secret}0`, "", secret.slice(1)]) {
      expect(await verify(payload("a", "COMPLETE"), `Bearer ${other}`), other).toMatchObject({ ok: false });
    }
    expect(await verify(payload("a", "COMPLETE"), secret)).toMatchObject({ reason: "malformed-signature" });
  });

  it("of an end come once; of another status, as often as the body differs", async () => {
    const keyOf = async (body: object) => {
      const result = await verify(body);
      return result.ok && result.key;
    };
    const ended = payload("a", "COMPLETE");
    const pending = payload("a", "PENDING");
    expect(await keyOf({ ...ended, timestamp: 1 })).toBe(await keyOf(ended));
    expect(await keyOf({ ...pending, timestamp: 1 })).not.toBe(await keyOf(pending));
    expect(await verify(ended)).toMatchObject({
      ok: true,
      event: { occurredAt: new Date(1_795_000_000_000), data: ended.data.object },
    });
  });
});

function payload(type: string, status: string) {
  const data = { object: { id: "g_1", status, images: [] } };
  return { type, object: "generation", timestamp: 1_795_000_000_000, api_version: "v1", data };
}

function sample(type: string, status: string, job: string) {
  const body = payload(type, status);
  const name = `${type} ${status}`;
  return { name, attempts: [body, body] as const, type, known: true, job: { id: "g_1", status: job } };
}
