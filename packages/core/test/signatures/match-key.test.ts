import type { SignedRequest } from "@latchhook/core";
import { type KeyRing, matchKey } from "@latchhook/core/kit";
import { describe, expect, it } from "vitest";
import { verifyAny } from "../../src/signatures/match-key.ts";

const request: SignedRequest = { headers: {}, body: new Uint8Array() };
const mismatch = { ok: false, kind: "unauthentic", reason: "signature-mismatch" };
const verifiedBy = (secretIndex: number) => ({ ok: true, secretIndex });

/** How a platform tells whether a key matches: at once as node:crypto, later as Web Crypto, or each in turn. */
const platforms = {
  "at once": () => (matched: boolean) => matched,
  later: () => async (matched: boolean) => matched,
  "later and at once in turn": () => {
    let calls = 0;
    return (matched: boolean) => (calls++ % 2 === 0 ? Promise.resolve(matched) : matched);
  },
  "at once and later in turn": () => {
    let calls = 0;
    return (matched: boolean) => (calls++ % 2 === 0 ? matched : Promise.resolve(matched));
  },
};

describe.each(Object.entries(platforms))("keys that match %s", (_when, platform) => {
  /** Tries keys of which those named `right` match, and notes which were asked. */
  async function attempt(...keys: readonly string[]) {
    const tried: string[] = [];
    const answer = platform();
    const result = await verifyAny(keys, (key) => {
      tried.push(key);
      return answer(key.startsWith("right"));
    });
    return { result, tried };
  }

  it.each([
    [["right"], 0],
    [["right", "wrong"], 0],
    [["wrong", "right"], 1],
    [["wrong 1", "wrong 2", "right", "wrong 3"], 2],
    [["wrong 1", "wrong 2", "wrong 3", "right"], 3],
  ])("%j: the first that matches names the secret, %i", async (keys, index) => {
    const { result, tried } = await attempt(...keys);
    expect(result).toEqual(verifiedBy(index));
    expect(tried, "none is tried after it").toEqual(keys.slice(0, index + 1));
  });

  it.each([[["right 1", "right 2"]], [["wrong", "right 1", "right 2"]]])(
    "%j: the first of several that match",
    async (keys) => {
      expect((await attempt(...keys)).result).toEqual(verifiedBy(keys.indexOf("right 1")));
    },
  );

  it.each([[[]], [["wrong"]], [["wrong 1", "wrong 2", "wrong 3"]]])(
    "%j: signature-mismatch, and each was tried once",
    async (keys) => {
      const { result, tried } = await attempt(...keys);
      expect(result).toEqual(mismatch);
      expect(tried).toEqual(keys);
    },
  );
});

describe("the keys of a ring", () => {
  const isRight = (key: string) => key === "right";

  it("are asked for once, with the request", () => {
    const asked: SignedRequest[] = [];
    const ring: KeyRing<string> = (given) => {
      asked.push(given);
      return ["wrong", "right"];
    };
    expect(matchKey(ring, request, isRight)).toEqual(verifiedBy(1));
    expect(asked).toEqual([request]);
    expect(asked[0]).toBe(request);
  });

  it("that are here, and match at once, verify at once", () => {
    expect(matchKey(() => ["right"], request, isRight)).toEqual(verifiedBy(0));
    expect(matchKey(() => ["wrong"], request, isRight)).toEqual(mismatch);
  });

  it.each([
    ["right", verifiedBy(1)],
    ["wrong too", mismatch],
  ])("that are on their way are waited for: %s", async (second, expected) => {
    const ring = async () => ["wrong", second];
    const result = matchKey(ring, request, isRight);
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toEqual(expected);
  });

  it("that cannot be had fail the verification with the ring's own error", async () => {
    const away = new Error("the vault is sealed");
    expect(() =>
      matchKey(
        () => {
          throw away;
        },
        request,
        isRight,
      ),
    ).toThrow(away);
    await expect(matchKey(() => Promise.reject(away), request, isRight)).rejects.toBe(away);
  });
});
