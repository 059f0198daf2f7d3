import type { Store } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Held } from "../../src/delivery/held.ts";
import { hold } from "../../src/delivery/hold.ts";
import { connectionLost, faultyStore } from "../support/faulty-store.ts";
import { heldDelivery, limits, stateOf, trustedDelivery } from "../support/held-delivery.ts";
import { transactionalStore } from "../support/transactional-store.ts";
import { countCalls } from "../support/trial-receiver.ts";

const key = "a".repeat(64);
const replayKey = "b".repeat(64);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Notes what each operation was called with. */
function recorded(store: Store) {
  const calls: (readonly unknown[])[] = [];
  const recording = new Proxy(store, {
    get(target, name, self) {
      const member: unknown = Reflect.get(target, name, self);
      if (typeof member !== "function") return member;
      return (...parameters: readonly unknown[]) => {
        calls.push([name, ...parameters]);
        return Reflect.apply(member, target, parameters);
      };
    },
  });
  return { store: recording, calls };
}

describe("holding a delivery", () => {
  it("claims its key for the lease, and both keys where there are two, for one owner", async () => {
    const { store, calls } = recorded(memoryStore());
    const held = await heldDelivery(store, { replayKey });
    const { leaseMs, retainMs } = limits;
    const owner = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(calls).toEqual([
      ["claim", key, { owner, leaseMs, retainMs }],
      ["claim", replayKey, { owner, leaseMs, retainMs }],
    ]);
    const owners = calls.map(([, , options]) => (options as { owner: string }).owner);
    expect(owners[0]).toBe(owners[1]);
    expect([held.claimAttempt, held.isMarking(), held.isOver()]).toEqual([1, false, false]);
    expect(await stateOf(store, key)).toBe("in-flight");
    expect(await stateOf(store, replayKey)).toBe("in-flight");
  });

  it("counts from before the claim was asked for", async () => {
    const { store, intercept } = faultyStore();
    intercept("claim", async (claim) => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      return claim();
    });
    const askedAt = performance.now();
    const holding = heldDelivery(store);
    await vi.advanceTimersByTimeAsync(700);
    expect((await holding).claimedAt).toBe(askedAt);
  });

  it("the attempt is that of the delivery, not of its signature", async () => {
    const store = memoryStore();
    await (await heldDelivery(store)).fail();
    expect((await heldDelivery(store, { replayKey })).claimAttempt).toBe(2);
  });

  it.each([
    ["is held", (held: Held) => held, "in-flight"],
    [
      "is done",
      async (held: Held) => {
        await held.complete();
      },
      "completed",
    ],
  ])("where the signature's key %s, the delivery's is given back", async (_what, prepare, state) => {
    const store = memoryStore();
    await prepare(await heldDelivery(store, { key: replayKey }));
    const holding = await hold(store, trustedDelivery({ replayKey }), limits, 0);
    expect(holding).toMatchObject({ state });
    expect(await stateOf(store, key)).toBe("claimed");
  });

  it("where the signature's key cannot be claimed, the delivery's is given back and the error passed on", async () => {
    const { store, intercept, restore } = faultyStore();
    let claims = 0;
    intercept("claim", (claim) => (++claims === 2 ? connectionLost() : claim()));
    await expect(hold(store as never, trustedDelivery({ replayKey }), limits, 0)).rejects.toThrow("lost");
    restore("claim");
    expect(await stateOf(store, key)).toBe("claimed");
  });

  it("a delivery that is done seals its signature's key; one in flight does not", async () => {
    const store = memoryStore();
    const first = await heldDelivery(store);
    expect(await hold(store, trustedDelivery({ replayKey }), limits, 0)).toMatchObject({
      state: "in-flight",
    });
    expect(await stateOf(store, replayKey)).toBe("claimed");
    await vi.advanceTimersByTimeAsync(10);
    await first.complete();
    expect(await hold(store, trustedDelivery({ replayKey }), limits, 0)).toMatchObject({
      state: "completed",
    });
    expect(await stateOf(store, replayKey)).toBe("completed");
  });

  it("sealing keeps the key for as long as the delivery's", async () => {
    const { store, calls } = recorded(memoryStore());
    await (await heldDelivery(store)).complete();
    calls.length = 0;
    await hold(store as never, trustedDelivery({ replayKey }), limits, 0);
    const { retainMs } = limits;
    expect(calls.at(-1)).toEqual(["complete", expect.objectContaining({ key: replayKey }), { retainMs }]);
  });

  it("a delivery that is done, with nothing to seal, is one claim, whatever time there is to wait", async () => {
    const store = memoryStore();
    await (await heldDelivery(store)).complete();
    const calls: string[] = [];
    const holding = hold(countCalls(store, calls) as never, trustedDelivery(), limits, 1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await holding).toMatchObject({ state: "completed" });
    expect(calls).toEqual(["claim"]);
  });

  it("a signature's key that somebody holds is not sealed", async () => {
    const { store, calls } = recorded(memoryStore());
    await (await heldDelivery(store)).complete();
    await heldDelivery(store, { key: replayKey });
    calls.length = 0;
    await hold(store as never, trustedDelivery({ replayKey }), limits, 0);
    expect(calls.map(([name]) => name)).toEqual(["claim", "claim"]);
  });
});

describe("waiting for one in flight", () => {
  it("asks after 25 ms, then at doubled pauses of at most 250 ms, and gives up after waitMs", async () => {
    const store = memoryStore();
    await heldDelivery(store);
    const { store: asked, calls } = recorded(store);
    const startedAt = performance.now();
    const times: number[] = [];
    const timed = new Proxy(asked, {
      get(target, name, self) {
        if (name === "claim") times.push(performance.now() - startedAt);
        return Reflect.get(target, name, self);
      },
    });
    const holding = hold(timed as never, trustedDelivery(), limits, 1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await holding).toMatchObject({ state: "in-flight", retryAfterMs: expect.any(Number) });
    expect(times.map(Math.round)).toEqual([0, 25, 75, 175, 375, 625, 875, 1_000]);
    expect(calls).toHaveLength(8);
  });

  it("does not wait at all without time", async () => {
    const store = memoryStore();
    await heldDelivery(store);
    const { store: asked, calls } = recorded(store);
    expect(await hold(asked as never, trustedDelivery(), limits, 0)).toMatchObject({ state: "in-flight" });
    expect(calls).toHaveLength(1);
  });

  it("holds it as soon as it is given back", async () => {
    const store = memoryStore();
    const first = await heldDelivery(store);
    const holding = hold(store, trustedDelivery(), limits, 1_000);
    await vi.advanceTimersByTimeAsync(100);
    await first.fail();
    await vi.advanceTimersByTimeAsync(75);
    expect(await holding).toBeInstanceOf(Held);
  });
});

describe("what is held", () => {
  it("is extended by the lease, all of it that is open", async () => {
    const { store, calls } = recorded(memoryStore());
    const held = await heldDelivery(store, { replayKey });
    calls.length = 0;
    expect(await held.extend()).toBe("ok");
    expect(calls.map(([name, claim, leaseMs]) => [name, (claim as { key: string }).key, leaseMs])).toEqual([
      ["extend", key, limits.leaseMs],
      ["extend", replayKey, limits.leaseMs],
    ]);
  });

  it.each([key, replayKey])("is lost with either of its keys (%s)", async (lost) => {
    const store = memoryStore();
    const held = await heldDelivery(store, { replayKey });
    await vi.advanceTimersByTimeAsync(limits.leaseMs);
    await stateOf(store, lost);
    expect(await held.extend()).toBe("lost");
  });

  it.each([
    [false, limits.retainMs],
    [true, Number.POSITIVE_INFINITY],
  ])("is marked done, both keys, the delivery's first (undated: %s)", async (undated, retainMs) => {
    const { store, calls } = recorded(memoryStore());
    const held = await heldDelivery(store, { replayKey, undated });
    calls.length = 0;
    expect(await held.complete()).toBe("ok");
    expect(calls.map(([name, claim, options]) => [name, (claim as { key: string }).key, options])).toEqual([
      ["complete", key, { retainMs }],
      ["complete", replayKey, { retainMs }],
    ]);
    expect([held.isOver(), held.isMarking()]).toEqual([true, true]);
  });

  it("that another has taken over is not marked, and its second key is left alone", async () => {
    const { store, calls } = recorded(memoryStore());
    const held = await heldDelivery(store, { replayKey });
    await vi.advanceTimersByTimeAsync(limits.leaseMs);
    await stateOf(store, key);
    calls.length = 0;
    expect(await held.complete()).toBe("lost");
    expect(calls).toHaveLength(1);
    expect(held.isOver()).toBe(false);
  });

  it("marking is tried again after 100 and 400 ms, and then fails", async () => {
    const { store, intercept } = faultyStore();
    const held = await heldDelivery(store);
    const startedAt = performance.now();
    const times: number[] = [];
    intercept("complete", () => {
      times.push(performance.now() - startedAt);
      return connectionLost();
    });
    const marked = held.complete().catch((error: Error) => error.message);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await marked).toBe("the connection was lost");
    expect(times).toEqual([0, 100, 500]);
  });

  it.each([1, 2])("marking that fails %s times keeps its retention", async (failures) => {
    const { store, intercept } = faultyStore();
    const { store: recording, calls } = recorded(store);
    const held = await heldDelivery(recording);
    let left = failures;
    intercept("complete", (complete) => (left-- > 0 ? connectionLost() : complete()));
    const marked = held.complete();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await marked).toBe("ok");
    const completions = calls.filter(([name]) => name === "complete");
    expect(completions).toHaveLength(failures + 1);
    expect(completions.at(-1)?.[2]).toEqual({ retainMs: limits.retainMs });
  });

  it("is given back, both keys, and crossing heartbeats find nothing to lose", async () => {
    const store = memoryStore();
    const held = await heldDelivery(store, { replayKey });
    await held.fail();
    expect([await held.extend(), held.isOver()]).toEqual(["ok", true]);
    expect(await stateOf(store, key)).toBe("claimed");
    expect(await stateOf(store, replayKey)).toBe("claimed");
  });

  it("giving back stops at a store that cannot be reached, and fails nothing", async () => {
    const { store, intercept } = faultyStore();
    const held = await heldDelivery(store, { replayKey });
    let asked = 0;
    intercept("fail", () => {
      asked++;
      return connectionLost();
    });
    await held.fail();
    expect(asked).toBe(1);
  });
});

describe("a commit of what is held", () => {
  it("marks the delivery alone; what is left is the signature's key", async () => {
    const transactional = transactionalStore();
    const { store, calls } = recorded(transactional as never);
    const held = await heldDelivery(store, { replayKey });
    calls.length = 0;
    let marking = false;
    const update = await held.commit(() => {
      marking = held.isMarking();
    });
    expect([update, marking, held.isMarking(), held.isOver()]).toEqual(["ok", true, false, false]);
    expect(await held.complete()).toBe("ok");
    expect(calls.map(([name, claim]) => [name, (claim as { key: string }).key])).toEqual([
      ["commit", key],
      ["complete", replayKey],
    ]);
    expect(calls[0]?.[2]).toEqual({ retainMs: limits.retainMs });
  });

  it.each([true, false, undefined])(
    "is what heartbeats wait for while it runs, where the store says that they do (%s)",
    async (heartbeatsWaitForCommits) => {
      const store = Object.assign(transactionalStore(), { heartbeatsWaitForCommits });
      const held = await heldDelivery(store as never);
      expect(held.waitsForCommit()).toBe(false);
      let waits: boolean | undefined;
      await held.commit(() => {
        waits = held.waitsForCommit();
      });
      expect([waits, held.waitsForCommit()]).toEqual([heartbeatsWaitForCommits === true, false]);
    },
  );

  it("that is lost or fails marks nothing", async () => {
    const store = transactionalStore();
    const held = await heldDelivery(store as never);
    store.beforeCommit = () => "lost";
    expect([await held.commit(() => {}), held.isOver(), held.isMarking()]).toEqual(["lost", false, false]);
    store.beforeCommit = connectionLost;
    await expect(held.commit(() => {})).rejects.toThrow("lost");
    expect([held.isOver(), held.isMarking()]).toEqual([false, false]);
  });

  it("on a store without transactions is lost", async () => {
    const held = await heldDelivery(memoryStore());
    expect(await held.commit(() => {})).toBe("lost");
  });

  it("a heartbeat that crosses with it loses nothing", async () => {
    const store = transactionalStore();
    const held = await heldDelivery(store as never);
    const extend = store.extend;
    Object.assign(store, {
      async extend(...parameters: Parameters<Store["extend"]>) {
        await held.commit(() => {});
        return Reflect.apply(extend, store, parameters);
      },
    });
    expect([await held.extend(), held.isOver()]).toEqual(["ok", true]);
  });
});
