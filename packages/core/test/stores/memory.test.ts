import { type MemoryStore, memoryStore } from "@latchhook/core/stores/memory";
import { storeContract, storeModel } from "@latchhook/testing";
import { describe, expect, it } from "vitest";

const forever = Number.POSITIVE_INFINITY;

describe("memoryStore keeps the store contract", () => {
  const cases = storeContract({
    clock: "virtual",
    inbox: true,
    create: ({ now }) => ({ store: memoryStore({ now }) }),
  });
  const model = storeModel({ create: ({ now }) => ({ store: memoryStore({ now }) }), runs: 500 });
  for (const { name, run } of [...cases, model]) it(name, run);
});

describe("a full memoryStore", () => {
  it("refuses a new delivery, and still knows those that it has", () => {
    const store = memoryStore({ maxEntries: 3 });
    complete(store, "completed", forever);
    const held = hold(store, "in flight");
    const failed = hold(store, "failed");
    store.fail(failed);
    expect(() => hold(store, "one more")).toThrow(expect.objectContaining({ code: "store-full" }));
    expect(claim(store, "completed")).toEqual({ state: "completed" });
    expect(claim(store, "in flight")).toMatchObject({ state: "in-flight" });
    expect(claim(store, "failed")).toMatchObject({ state: "claimed", attempt: 2 });
    expect(store.complete(held, { retainMs: forever })).toBe("ok");
    expect(() => hold(store, "one more")).toThrow(/maxEntries/);
  });

  it("makes room of what is over, and of nothing else", () => {
    let time = 0;
    const store = memoryStore({ maxEntries: 100, now: () => time });
    for (let index = 0; index < 99; index++) complete(store, `kept ${index}`, forever);
    complete(store, "over", 1_000);
    expect(() => hold(store, "one more")).toThrow();
    time = 2_000;
    const held = hold(store, "one more");
    expect(() => hold(store, "yet one more")).toThrow();
    for (let index = 0; index < 99; index++)
      expect(claim(store, `kept ${index}`)).toEqual({ state: "completed" });
    expect(store.complete(held, { retainMs: forever })).toBe("ok");
  });

  it("holds its maximum whatever was remembered for repeats", () => {
    const store = memoryStore({ maxEntries: 1_000 });
    for (let index = 0; index < 1_000; index++) complete(store, `${index}`, forever);
    expect(() => hold(store, "one more")).toThrow(expect.objectContaining({ code: "store-full" }));
  });
});

describe("memoryStore forgets", () => {
  it("what is over as new deliveries come in, without purge", () => {
    let time = 0;
    const store = memoryStore({ maxEntries: 2_000, now: () => time });
    for (let index = 0; index < 50_000; index++) {
      time++;
      if (index % 3 === 0) complete(store, `${index}`, 500);
      else if (index % 3 === 1) store.fail(hold(store, `${index}`, { leaseMs: 100, retainMs: 100 }));
      else hold(store, `${index}`, { leaseMs: 100, retainMs: 100 });
    }
    time += 10_000;
    expect(store.purge(100_000)).toBeLessThan(2_000);
    expect(store.purge(1)).toBe(0);
  });

  it("a completed delivery at its next claim, once its retention is over", () => {
    let time = 0;
    const store = memoryStore({ now: () => time });
    complete(store, "key", 1_000);
    time = 999;
    expect(claim(store, "key")).toEqual({ state: "completed" });
    time = 1_100;
    expect(claim(store, "key")).toMatchObject({ state: "claimed", fence: 2, attempt: 1, takeover: false });
  });

  it("nothing that is retained for three years and more", () => {
    let time = 0;
    const store = memoryStore({ now: () => time });
    const threeYears = 3 * 365 * 86_400_000;
    complete(store, "three years", threeYears);
    complete(store, "ten years", threeYears * 3);
    time = threeYears - 1;
    expect(store.purge(10)).toBe(0);
    expect(claim(store, "three years")).toEqual({ state: "completed" });
    time = threeYears * 4;
    expect(claim(store, "three years")).toMatchObject({ state: "claimed" });
    expect(claim(store, "ten years"), "more than three years is for ever").toEqual({ state: "completed" });
  });
});

describe("memoryStore", () => {
  it("answers a repeated complete for the latest 256 deliveries, and lost after that, never a wrong ok", () => {
    const store = memoryStore();
    const claims = Array.from({ length: 257 }, (_, index) => complete(store, `${index}`, forever));
    const [first, second] = claims;
    expect(first && store.complete(first, { retainMs: 1 })).toBe("lost");
    expect(second && store.complete(second, { retainMs: 1 })).toBe("ok");
    expect(claim(store, "0")).toEqual({ state: "completed" });
  });

  it("reads a clock that the machine's time does not move", () => {
    const store = memoryStore();
    hold(store, "key", { leaseMs: 1_000 });
    const realNow = Date.now;
    Date.now = () => realNow() + 86_400_000;
    try {
      expect(claim(store, "key")).toMatchObject({ state: "in-flight" });
    } finally {
      Date.now = realNow;
    }
  });

  it("says that it is neither durable nor shared", () => {
    expect(memoryStore().productionWarning).toMatch(/neither durable nor shared/);
  });

  it.each([0, -1, 1.5, Number.NaN, forever, 16_000_001, "10"])("refuses maxEntries %s", (maxEntries) => {
    const construct = (): unknown => memoryStore({ maxEntries: maxEntries as number });
    expect(construct).toThrow(expect.objectContaining({ code: "invalid-option" }));
  });
});

interface Held {
  readonly key: string;
  readonly owner: string;
  readonly fence: number;
}

function claim(store: MemoryStore, key: string, times = { leaseMs: 1_000, retainMs: forever }) {
  return store.claim(key, { owner: "another", ...times });
}

function hold(store: MemoryStore, key: string, times: { leaseMs?: number; retainMs?: number } = {}): Held {
  const result = store.claim(key, { owner: "owner", leaseMs: 1_000, retainMs: forever, ...times });
  if (result.state !== "claimed") throw new Error(`The claim was not won: ${result.state}.`);
  return { key, owner: "owner", fence: result.fence };
}

function complete(store: MemoryStore, key: string, retainMs: number): Held {
  const held = hold(store, key);
  expect(store.complete(held, { retainMs })).toBe("ok");
  return held;
}
