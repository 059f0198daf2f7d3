import { deliveryKey, identityPart, verifyWebhook } from "@latchhook/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dialects, withSignature } from "./support/dialects.ts";
import { trialReceiver } from "./support/trial-receiver.ts";

describe.each(dialects)("verifyWebhook with $name", (dialect) => {
  const provider = dialect.makeProvider({ secret: [...dialect.secrets] });

  it("gives the event, the key and the index of the secret", async () => {
    const [, secret] = dialect.secrets;
    const result = await verifyWebhook(provider, dialect.sign({ secret }));
    expect(result).toMatchObject({
      ok: true,
      secretIndex: 1,
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
      event: { provider: provider.name, known: true },
    });
  });

  it("gives the event and the key that a receiver gives", async () => {
    const request = dialect.sign();
    const trial = trialReceiver(provider);
    await trial.post(request);
    const result = await verifyWebhook(provider, request);
    if (!result.ok) throw new Error("refused");
    expect(result.event).toEqual(trial.persisted[0]?.event);
    expect(result.key).toBe(trial.persisted[0]?.delivery.key);
  });

  it("remembers nothing", async () => {
    const request = dialect.sign();
    expect(await verifyWebhook(provider, request)).toEqual(await verifyWebhook(provider, request));
  });

  it("refuses by value", async () => {
    const forged = withSignature(dialect, dialect.sign(), "junk");
    expect(await verifyWebhook(provider, forged)).toMatchObject({ ok: false, kind: "unauthentic" });
    expect(await verifyWebhook(provider, dialect.sign({ body: "[]" }))).toEqual({
      ok: false,
      kind: "malformed",
      reason: "not-an-object",
    });
  });

  it("rejects only for a secret function that fails", async () => {
    const broken = dialect.makeProvider({
      secret: () => {
        throw new Error("the vault is sealed");
      },
    });
    await expect(verifyWebhook(broken, dialect.sign())).rejects.toMatchObject({ code: "secret-unavailable" });
  });
});

describe("deliveryKey", () => {
  const part = fc.oneof(fc.string({ unit: "binary" }), fc.integer(), fc.boolean(), fc.constant(null));
  const tuple = fc.tuple(fc.string(), fc.string(), fc.array(part, { maxLength: 4 }));

  it("differs for different tuples, and is the same for the same", async () => {
    const property = fc.asyncProperty(tuple, tuple, async (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other);
      expect((await deliveryKey(...one)) === (await deliveryKey(...other))).toBe(same);
      expect(await deliveryKey(...one)).toBe(await deliveryKey(...one));
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it.each([
    [["a", "b"], ["ab"]],
    [["a,b"], ["a", "b"]],
    [['a","b'], ["a", "b"]],
    [["1"], [1]],
    [["null"], [null]],
    [["\ud800"], ["\ud801"]],
    [["\ud800"], ["\ufffd"]],
    [["é"], ["e\u0301"]],
    [["a\0"], ["a"]],
    [[], [null]],
  ])("keeps %j and %j apart", async (one, other) => {
    expect(await deliveryKey("", "p", one)).not.toBe(await deliveryKey("", "p", other));
  });

  it("keeps scope and provider apart from each other and from the identity", async () => {
    const keys = [
      deliveryKey("a", "b", ["c"]),
      deliveryKey("b", "a", ["c"]),
      deliveryKey("", "ab", ["c"]),
      deliveryKey("a", "bc", []),
      deliveryKey("", "a", ["b", "c"]),
    ];
    expect(new Set(await Promise.all(keys)).size).toBe(keys.length);
  });

  it("is stable over versions: stores hold it", async () => {
    expect(await deliveryKey("", "ai-stats", ["delivery", "video.completed", "video_1", null, 5, true])).toBe(
      "7892d169f73828c23ea504082b24ea30b0a2263d09602c907181f3a6920512bf",
    );
  });

  it.each([
    [undefined],
    [""],
    [2 ** 53],
    [Number.POSITIVE_INFINITY],
    [{}],
    [[]],
    [() => {}],
    [Symbol("s")],
    [1n],
  ])("identityPart(%s) is null", (value) => {
    expect(identityPart(value)).toBeNull();
  });
});
