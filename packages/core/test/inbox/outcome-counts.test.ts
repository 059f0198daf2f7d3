import type { OutcomeCount } from "@latchhook/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOutcomeCounts } from "../../src/inbox/outcome-counts.ts";

const few = fc.constantFrom("a", "b");

const counts = fc.record({
  minute: fc.constantFrom(0, 60_000),
  scope: few,
  provider: few,
  outcome: fc.constantFrom("processed", "unauthentic"),
  reason: few,
  bucketMs: fc.constantFrom(0, 5),
  secretIndex: fc.constantFrom(-1, 0),
  count: fc.integer({ min: 1, max: 3 }),
}) satisfies fc.Arbitrary<OutcomeCount>;

describe("outcome counts", () => {
  it("add up what is the same in all, and nothing else", () => {
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 40 }), (added) => {
        const expected = new Map<string, number>();
        for (const { count, ...rest } of added) {
          const key = JSON.stringify(rest);
          expected.set(key, (expected.get(key) ?? 0) + count);
        }
        const kept = createOutcomeCounts(1_000);
        for (const count of added) kept.add([count]);
        const sums = kept.all().map(({ count, ...rest }) => [JSON.stringify(rest), count]);
        expect(sums).toEqual([...expected]);
      }),
    );
  });

  it("begin anew once they are taken, and change nothing of what was", () => {
    const one = { ...fc.sample(counts, 1)[0], count: 1 } as OutcomeCount;
    const kept = createOutcomeCounts(10);
    kept.add([one]);
    const seen = kept.all();
    kept.add([one]);
    const taken = kept.take();
    kept.add([one]);
    expect([seen[0]?.count, taken[0]?.count, kept.all()[0]?.count, one.count]).toEqual([1, 2, 1, 1]);
    kept.add(taken);
    expect([kept.all()[0]?.count, taken[0]?.count]).toEqual([3, 2]);
  });

  it("forget the oldest beyond their most, also that which came last", () => {
    const minutes = [1, 2, 3].map(
      (minute) => ({ ...fc.sample(counts, 1)[0], minute, count: 1 }) as OutcomeCount,
    );
    const kept = createOutcomeCounts(2);
    kept.add([...minutes, minutes[0] as OutcomeCount]);
    kept.add([minutes[0] as OutcomeCount]);
    expect(kept.all().map(({ minute, count }) => [minute, count])).toEqual([
      [3, 1],
      [1, 1],
    ]);
  });
});
