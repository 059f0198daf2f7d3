import { isLatchhookError, type LatchhookError } from "@latchhook/core";
import { checkContentAge, checkTimestamp, repeatHorizonMs, resolveTolerance } from "@latchhook/core/kit";
import { describe, expect, it } from "vitest";

const now = 1_700_000_000_000;
const reasonOf = (...parameters: Parameters<typeof checkTimestamp>) => checkTimestamp(...parameters)?.reason;

describe("a timestamp in seconds", () => {
  it.each([
    ["1700000000", undefined],
    ["1699999700", undefined],
    ["1699999699", "stale-timestamp"],
    ["1700000300", undefined],
    ["1700000301", "future-timestamp"],
    ["", "missing-timestamp"],
    ["0700000000", "malformed-timestamp"],
    ["170000000", "malformed-timestamp"],
    ["17000000000", "malformed-timestamp"],
    ["170000000/", "malformed-timestamp"],
    ["170000000:", "malformed-timestamp"],
    ["/700000000", "malformed-timestamp"],
    [":700000000", "malformed-timestamp"],
    ["17000000a0", "malformed-timestamp"],
    ["9999999999", "future-timestamp"],
    ["1000000000", "stale-timestamp"],
  ])("%j → %s", (text, reason) => {
    expect(reasonOf(text, now, 300)).toBe(reason);
  });

  it("that is absent → missing", () => {
    expect(reasonOf(undefined, now, 300)).toBe("missing-timestamp");
  });

  it("is compared in whole seconds: the receiver's own fraction makes nothing stale", () => {
    expect(reasonOf("1699999700", now + 999, 300)).toBeUndefined();
    expect(reasonOf("1699999700", now + 1_000, 300)).toBe("stale-timestamp");
  });
});

describe("a timestamp in milliseconds", () => {
  it.each([
    [String(now), undefined],
    [String(now - 300_000), undefined],
    [String(now - 300_001), "stale-timestamp"],
    [String(now + 300_000), undefined],
    [String(now + 300_001), "future-timestamp"],
    ["1700000000", "malformed-timestamp"],
    ["170000000000x", "malformed-timestamp"],
  ])("%j → %s", (text, reason) => {
    expect(reasonOf(text, now, 300, "milliseconds")).toBe(reason);
  });
});

describe("a timestamp in ISO 8601", () => {
  it.each([
    ["2023-11-14T22:13:20Z", undefined],
    ["2023-11-14T22:08:20.000Z", undefined],
    ["2023-11-14T22:08:19.999Z", "stale-timestamp"],
    ["2023-11-14T22:18:20.001Z", "future-timestamp"],
    ["1700000000", "malformed-timestamp"],
    ["yesterday", "malformed-timestamp"],
  ])("%j → %s", (text, reason) => {
    expect(reasonOf(text, now, 300, "iso")).toBe(reason);
  });
});

describe("a tolerance", () => {
  it.each([1, 0.5, 86_400])("of %s is used", (seconds) => {
    expect(resolveTolerance("acme", seconds)).toBe(seconds);
  });

  it("that is left out is 300", () => {
    expect(resolveTolerance("acme", undefined)).toBe(300);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, "300", null, {}])("of %s throws", (seconds) => {
    if (seconds === null) return expect(resolveTolerance("acme", seconds as never)).toBe(300);
    let error: unknown;
    try {
      resolveTolerance("acme", seconds as never);
    } catch (caught) {
      error = caught;
    }
    expect(isLatchhookError(error) && error.code).toBe("invalid-option");
    expect((error as LatchhookError).message).toBe(
      "acme: toleranceSeconds must be a finite number of seconds above 0; leave it out for 300.",
    );
  });

  it("stretches the horizon of repeats where it is the longer: from before a timestamp to after it", () => {
    expect(repeatHorizonMs(1_000_000, 300)).toBe(1_000_000);
    expect(repeatHorizonMs(1_000, 300)).toBe(600_000);
    expect(repeatHorizonMs(1_000)).toBe(600_000);
  });
});

describe("the age of content", () => {
  const limits = { maxAgeMs: 1_000, toleranceMs: 100 };
  it.each([
    [now, undefined],
    [now - 1_000, undefined],
    [now - 1_001, "stale-content"],
    [now + 100, undefined],
    [now + 101, "future-content"],
  ])("%i → %s", (instant, reason) => {
    expect(checkContentAge(new Date(instant), now, limits)?.reason).toBe(reason);
  });

  it("that is not said refuses nothing", () => {
    expect(checkContentAge(null, now, limits)).toBeUndefined();
  });
});
