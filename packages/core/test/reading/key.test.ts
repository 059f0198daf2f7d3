import { deliveryKey, identityPart } from "@latchhook/core";
import { describe, expect, it } from "vitest";

describe("a part of an identity", () => {
  it.each([0, -1, 1.5, 2 ** 53 - 1, -(2 ** 53 - 1), true, false, "a", " "])(
    "%s stands for itself",
    (value) => {
      expect(identityPart(value)).toBe(value);
    },
  );

  it.each([
    2 ** 53,
    -(2 ** 53),
    1e300,
    Number.POSITIVE_INFINITY,
    Number.NaN,
    "",
    null,
    undefined,
    {},
    [],
    ["a"],
  ])("%s identifies nothing", (value) => {
    expect(identityPart(value)).toBeNull();
  });

  it("two numbers that JSON.parse makes one of identify nothing", () => {
    const [first, second] = JSON.parse("[9007199254740992, 9007199254740993]") as [number, number];
    expect(first).toBe(second);
    expect([identityPart(first), identityPart(second)]).toEqual([null, null]);
  });
});

describe("a delivery key", () => {
  it("is the SHA-256 of a JSON array of scope, provider and identity", async () => {
    expect(await deliveryKey("scope", "provider", ["a", 1, null])).toBe(
      "c1300bc416318ef45bb5e620bf204cae02ee72e9f0b62815ea909642641aba29",
    );
  });
});
