import { identityPart } from "@latchhook/core/kit";
import { describe, expect, it } from "vitest";

describe("a part of an identity", () => {
  it.each(["a", " ", "null", 0, -1, 1.5, true, false, 2 ** 53 - 1, -(2 ** 53 - 1)])("%j is one", (value) => {
    expect(identityPart(value)).toBe(value);
  });

  it.each(["", null, undefined, [], ["a"], {}, 2 ** 53, -(2 ** 53), 1e300, Number.POSITIVE_INFINITY])(
    "%j is none",
    (value) => {
      expect(identityPart(value)).toBeNull();
    },
  );

  it("two numbers that JSON.parse makes one of are none", () => {
    const [first, second] = JSON.parse("[9007199254740992, 9007199254740993]") as [number, number];
    expect(first).toBe(second);
    expect([identityPart(first), identityPart(second)]).toEqual([null, null]);
  });
});
