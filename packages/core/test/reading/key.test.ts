import { deliveryKey, identityPart } from "@latchhook/core";
import { describe, expect, it } from "vitest";

describe("a part of an identity", () => {
  it.each([0, -1, 1.5, 2 ** 53 - 1, -(2 ** 53 - 1), true, false, "a", " "])(
    "%s stands for itself",
    (value) => {
      expect(identityPart(value)).toBe(value);
    },
  );

  it.each([2 ** 53, -(2 ** 53), Number.POSITIVE_INFINITY, Number.NaN, "", null, undefined, {}, []])(
    "%s identifies nothing",
    (value) => {
      expect(identityPart(value)).toBeNull();
    },
  );
});

describe("a delivery key", () => {
  it("is the SHA-256 of a JSON array of scope, provider and identity", async () => {
    expect(await deliveryKey("scope", "provider", ["a", 1, null])).toBe(
      "c1300bc416318ef45bb5e620bf204cae02ee72e9f0b62815ea909642641aba29",
    );
  });
});
