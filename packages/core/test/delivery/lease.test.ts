import type { Claim, LatchhookError, RetainOptions, Store } from "@latchhook/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { holdLease } from "../../src/delivery/lease.ts";
import { connectionLost, faultyStore } from "../support/faulty-store.ts";
import { heldDelivery, limits } from "../support/held-delivery.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A lease over a store that can be made to fail, with the heartbeats counted. */
async function leased(changes: { leaseMs?: number; maxRunMs?: number } = {}) {
  const { store, intercept, restore } = faultyStore();
  const held = await heldDelivery(store);
  const ends: LatchhookError[] = [];
  let beats = 0;
  intercept("extend", (extend) => {
    beats++;
    return extend();
  });
  const lease = holdLease(held, { ...limits, ...changes }, (reason) => ends.push(reason));
  return { store, intercept, restore, held, lease, ends, beats: () => beats };
}

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

describe("heartbeats", () => {
  it("come three times per lease, and stop when it is released", async () => {
    const { lease, beats, ends } = await leased();
    await pass(999);
    expect(beats()).toBe(0);
    await pass(1);
    expect(beats()).toBe(1);
    await pass(2_000);
    expect(beats()).toBe(3);
    lease.release();
    await pass(10_000);
    expect([beats(), ends, vi.getTimerCount()]).toEqual([3, [], 0]);
  });

  it("come three times per maxRunMs where that is shorter", async () => {
    const { beats } = await leased({ maxRunMs: 900 });
    await pass(300);
    expect(beats()).toBe(1);
  });

  it("do not overlap: one that hangs is waited for", async () => {
    const { intercept } = await leased();
    let asked = 0;
    intercept("extend", () => {
      asked++;
      return new Promise(() => {});
    });
    await pass(2_999);
    expect(asked).toBe(1);
  });

  it("go on after one that was slow, or failed", async () => {
    const { intercept, ends } = await leased();
    let asked = 0;
    intercept("extend", async (extend) => {
      asked++;
      if (asked === 1) connectionLost();
      if (asked === 2) await new Promise((resolve) => setTimeout(resolve, 500));
      return extend();
    });
    await pass(9_000);
    expect(asked).toBeGreaterThanOrEqual(5);
    expect(ends).toEqual([]);
  });

  it("count from before they were sent: the store began the new lease after that", async () => {
    const { intercept, lease, ends } = await leased();
    let first = true;
    intercept("extend", async (extend) => {
      if (!first) return connectionLost();
      first = false;
      await new Promise((resolve) => setTimeout(resolve, 900));
      return extend();
    });
    // Sent at 1,000, answered at 1,900: the lease lasts until 4,000, and not until 4,900.
    await pass(3_999);
    expect([ends.length, lease.signal().aborted]).toEqual([0, false]);
    lease.requireHeld();
    await pass(1);
    expect(ends.map(({ code }) => code)).toEqual(["lease-lost"]);
  });
});

describe("the right to run ends", () => {
  it("when no heartbeat has reached the store for a whole lease, once, and the signal says why", async () => {
    const { intercept, lease, ends } = await leased();
    intercept("extend", connectionLost);
    await pass(2_999);
    expect(ends).toEqual([]);
    await pass(1);
    expect(ends).toEqual([
      expect.objectContaining({
        code: "lease-lost",
        message:
          "The lease on this delivery is lost: no heartbeat reached the store for a whole lease. Stop; the next attempt runs it.",
      }),
    ]);
    expect(lease.signal().reason).toBe(ends[0]);
    await pass(60_000);
    expect([ends.length, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it("when the store says that another request holds it", async () => {
    const { intercept, lease, ends } = await leased();
    intercept("extend", () => "lost");
    await pass(1_000);
    expect(ends).toEqual([expect.objectContaining({ code: "lease-lost" })]);
    expect(ends[0]?.message).toContain("another request holds it");
    expect(lease.signal().aborted).toBe(true);
  });

  it("once, also where a heartbeat that hung comes back lost", async () => {
    const { intercept, ends } = await leased();
    let answer: (update: string) => void = () => {};
    intercept("extend", () => new Promise((resolve) => (answer = resolve)));
    await pass(3_000);
    answer("lost");
    await pass(10);
    expect(ends).toHaveLength(1);
  });

  it("at maxRunMs, though every heartbeat came through", async () => {
    // Counted from the claim, however long the process has been up.
    await pass(7_000);
    const { ends, beats, lease } = await leased();
    await pass(9_999);
    expect([beats(), ends]).toEqual([9, []]);
    await pass(1);
    expect(ends).toEqual([
      expect.objectContaining({
        code: "run-timeout",
        message: "persist ran longer than maxRunMs (10000 ms). Stop; the next attempt runs it.",
      }),
    ]);
    expect([beats(), lease.signal().aborted, vi.getTimerCount()]).toEqual([9, true, 0]);
  });

  it("not while a commit is on its way that heartbeats may be waiting behind: it decides by the claim itself", async () => {
    const { store, intercept, restore } = faultyStore();
    let finish = () => {};
    const committed = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const transactional: Store = Object.assign(Object.create(store), {
      heartbeatsWaitForCommits: true,
      async commit(claim: Claim, options: RetainOptions) {
        await committed;
        return store.complete(claim, options);
      },
    });
    const held = await heldDelivery(transactional);
    const ends: LatchhookError[] = [];
    holdLease(held, limits, (reason) => ends.push(reason));
    const marked = held.commit(() => {});
    intercept("extend", connectionLost);
    await pass(5_000);
    expect(ends).toEqual([]);
    intercept("extend", () => "lost");
    await pass(1_000);
    expect(ends).toEqual([]);
    restore("extend");
    finish();
    expect(await marked).toBe("ok");
  });

  it("at a mark that takes longer than the lease, on a store whose heartbeats wait for nothing", async () => {
    const { intercept, held, ends } = await leased();
    intercept("extend", connectionLost);
    intercept("complete", () => new Promise(() => {}));
    void held.complete();
    await pass(3_000);
    expect(ends).toEqual([expect.objectContaining({ code: "lease-lost" })]);
  });

  it("not once everything is marked: there is nothing to lose", async () => {
    const { intercept, held, ends } = await leased();
    await held.complete();
    intercept("extend", connectionLost);
    await pass(6_000);
    expect(ends).toEqual([]);
  });
});

describe("requireHeld", () => {
  it("throws from the moment on at which the lease may be over", async () => {
    const { lease, intercept } = await leased();
    intercept("extend", () => new Promise(() => {}));
    await pass(2_999);
    expect(() => lease.requireHeld()).not.toThrow();
    lease.release();
    await pass(1);
    expect(() => lease.requireHeld()).toThrow(
      expect.objectContaining({
        code: "lease-lost",
        message: expect.stringContaining("it was over before the callback could begin"),
      }),
    );
  });
});
