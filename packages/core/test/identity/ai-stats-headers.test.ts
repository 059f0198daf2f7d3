import { describe, expect, it } from "vitest";
import {
  aiStatsHeaders,
  headerDeliveryKey,
  mixesFamilies,
  signatureOf,
  unsignedMetadata,
} from "../../src/providers/ai-stats/headers.ts";

const suffixes = [
  "signature",
  "timestamp",
  "event-id",
  "event-type",
  "delivery-key",
  "attempt",
  "max-attempts",
] as const;

/** All headers of a family, each with its own name as its value. */
function family(prefix: string): Record<string, string> {
  return Object.fromEntries(suffixes.map((suffix) => [`${prefix}-${suffix}`, `the ${suffix}`]));
}

describe.each(["x-ai-stats", "x-phaseo"])("the headers of a delivery that has %s", (prefix) => {
  const other = prefix === "x-phaseo" ? "x-ai-stats" : "x-phaseo";

  it("are of that family, by the signature", () => {
    const names = Object.fromEntries(suffixes.map((suffix) => [suffix, `${prefix}-${suffix}`]));
    expect(aiStatsHeaders(family(prefix))).toEqual(names);
    expect(aiStatsHeaders({ [`${prefix}-signature`]: "1" })).toEqual(names);
    expect(aiStatsHeaders(new Headers({ [`${prefix}-signature`]: "1" }))).toEqual(names);
  });

  it("are of one family, and of two with any header of the other", () => {
    expect(mixesFamilies(family(prefix))).toBe(false);
    expect(mixesFamilies({ ...family(prefix), "content-type": "application/json" })).toBe(false);
    for (const suffix of suffixes) {
      for (const value of ["1", ""]) {
        expect(mixesFamilies({ ...family(prefix), [`${other}-${suffix}`]: value }), suffix).toBe(true);
      }
    }
  });

  it("say which delivery it is, or nothing", () => {
    expect(headerDeliveryKey(family(prefix))).toBe("the delivery-key");
    expect(headerDeliveryKey({ [`${prefix}-signature`]: "1" })).toBeNull();
    expect(headerDeliveryKey({ [`${prefix}-signature`]: "1", [`${other}-delivery-key`]: "x" })).toBeNull();
  });

  it("tell one captured request from another by time and signature, in one spelling", () => {
    const signed = { [`${prefix}-timestamp`]: "1700000000", [`${prefix}-signature`]: "abCD" };
    expect(signatureOf(signed)).toBe("1700000000.abcd");
    expect(signatureOf({ ...signed, [`${prefix}-timestamp`]: "1700000001" })).toBe("1700000001.abcd");
    expect(signatureOf({ ...signed, [`${prefix}-delivery-key`]: "another" })).toBe("1700000000.abcd");
  });

  it("repeat the body: where they are there, they must agree with it", () => {
    const delivery = { key: "key", attempt: 2, max_attempts: 4 };
    const payload = { id: "evt_1", type: "video.completed", delivery };
    expect(unsignedMetadata(family(prefix), payload)).toEqual({
      [`${prefix}-event-id`]: "evt_1",
      [`${prefix}-event-type`]: "video.completed",
      [`${prefix}-delivery-key`]: "key",
      [`${prefix}-attempt`]: 2,
      [`${prefix}-max-attempts`]: 4,
    });
  });

  it.each([{}, { delivery: null }, { delivery: "key" }])(
    "have nothing to agree with where the body is %j",
    (payload) => {
      expect(Object.values(unsignedMetadata(family(prefix), payload))).toEqual(Array(5).fill(undefined));
    },
  );
});

describe("no headers at all, of content that is vouched for", () => {
  it("identify nothing", () => {
    expect(signatureOf({})).toBeUndefined();
    expect(headerDeliveryKey({})).toBeNull();
    expect(mixesFamilies({})).toBe(false);
  });
});
