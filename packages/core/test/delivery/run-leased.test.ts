import { type Delivery, LatchhookError, type Outcome, type Store, type WebhookEvent } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { startPassage } from "../../src/delivery/passage.ts";
import { runLeased } from "../../src/delivery/run-leased.ts";
import { connectionLost, faultyStore } from "../support/faulty-store.ts";
import { heldDelivery, limits, stateOf, trustedDelivery } from "../support/held-delivery.ts";
import { type RowTransaction, transactionalStore } from "../support/transactional-store.ts";

const { key } = trustedDelivery();

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Run {
  readonly store?: unknown;
  readonly schema?: z.ZodType;
  readonly deadlineMs?: number;
  readonly persist?: (event: WebhookEvent, delivery: Delivery<RowTransaction>) => unknown;
}

/** Runs one delivery as a receiver does, with what came of it. */
function run({ store = memoryStore(), schema, deadlineMs = 8_000, persist = () => {} }: Run = {}) {
  const lost: Outcome[] = [];
  const persisted: WebhookEvent[] = [];
  const passage = startPassage({
    provider: "test",
    scope: "",
    source: "http",
    path: null,
    deadlineMs,
    successReply: undefined,
    retryAfterMs: 1_000,
  });
  const trusted = trustedDelivery();
  passage.identify(trusted);
  const leased = runLeased(
    {
      store: store as Store<never>,
      schema,
      persist(event: WebhookEvent, delivery: Delivery<never>) {
        persisted.push(event);
        return persist(event, delivery as never);
      },
    } as Parameters<typeof runLeased>[0],
    limits,
  );
  const outcome = leased(trusted, passage, (lostOutcome) => lost.push(lostOutcome));
  return { outcome, lost, persisted };
}

/** Counts an operation's calls. */
function counting(store: Store, name: "extend" | "fail" | "complete" | "claim") {
  let calls = 0;
  const operation = store[name] as (...parameters: readonly unknown[]) => unknown;
  const counted = {
    ...store,
    [name](...parameters: readonly unknown[]) {
      calls++;
      return Reflect.apply(operation, store, parameters);
    },
  };
  return { store: counted, calls: () => calls };
}

describe("a delivery that nobody holds", () => {
  it("is given to persist as it was read, and is done when persist has ended", async () => {
    const store = memoryStore();
    let state = "not called";
    const { outcome, persisted, lost } = run({
      store,
      async persist(_event, delivery) {
        expect(delivery.key).toBe(key);
        expect(delivery.signal.aborted).toBe(false);
        state = await stateOf(store, key);
      },
    });
    expect(await outcome).toMatchObject({ code: "processed", claimAttempt: 1, attempt: 1, key });
    expect(state).toBe("in-flight");
    expect(persisted).toEqual([trustedDelivery().event]);
    expect(await stateOf(store, key)).toBe("completed");
    expect(lost).toEqual([]);
  });

  it("says how often it has been claimed", async () => {
    const store = memoryStore();
    await (await heldDelivery(store)).fail();
    expect(await run({ store }).outcome).toMatchObject({ code: "processed", claimAttempt: 2 });
  });

  it("is shown with the data that the schema gives, or as an unknown event where the schema refuses it", async () => {
    const text = z.object({}).transform(() => "parsed");
    const { outcome, persisted } = run({ schema: text });
    expect((await outcome).code).toBe("processed");
    expect(persisted).toEqual([{ ...trustedDelivery().event, known: true, data: "parsed" }]);
    const refused = run({ schema: z.string() });
    await refused.outcome;
    expect(refused.persisted).toEqual([{ ...trustedDelivery().event, known: false }]);
  });

  it("that was held too long before persist could begin is not begun: another may run it", async () => {
    const { store, intercept } = faultyStore();
    intercept("claim", async (claim) => {
      const result = claim();
      await new Promise((resolve) => setTimeout(resolve, limits.leaseMs));
      return result;
    });
    const { outcome, persisted } = run({ store });
    await vi.advanceTimersByTimeAsync(limits.leaseMs);
    expect(await outcome).toMatchObject({ code: "lease-lost" });
    expect(persisted).toEqual([]);
  });
});

describe("a delivery that is done", () => {
  it("is a duplicate, and persist is not called", async () => {
    const store = memoryStore();
    await run({ store }).outcome;
    const { outcome, persisted } = run({ store });
    expect(await outcome).toMatchObject({ code: "duplicate", key });
    expect(persisted).toEqual([]);
  });
});

describe("a delivery that another request holds", () => {
  it("is waited for, and is a duplicate once that one is done", async () => {
    const store = memoryStore();
    const first = await heldDelivery(store);
    const { outcome, persisted } = run({ store });
    await vi.advanceTimersByTimeAsync(1_000);
    await first.complete();
    await vi.advanceTimersByTimeAsync(250);
    expect(await outcome).toMatchObject({ code: "duplicate" });
    expect(persisted).toEqual([]);
  });

  it("is in flight after waitMs, and says when the lease is over", async () => {
    const store = memoryStore();
    const held = await heldDelivery(store);
    const { outcome, persisted } = run({ store });
    let settledAt = 0;
    const startedAt = performance.now();
    void outcome.then(() => {
      settledAt = performance.now();
    });
    await vi.advanceTimersByTimeAsync(limits.waitMs - 1);
    await held.extend();
    await vi.advanceTimersByTimeAsync(1);
    expect(await outcome).toMatchObject({ code: "in-flight", retryAfterMs: limits.leaseMs - 1 });
    expect(settledAt - startedAt).toBe(limits.waitMs);
    expect(persisted).toEqual([]);
  });

  it("is waited for no longer than the answer may take", async () => {
    const store = memoryStore();
    await heldDelivery(store);
    const { outcome } = run({ store, deadlineMs: 500 });
    await vi.advanceTimersByTimeAsync(500);
    expect(await outcome).toMatchObject({ code: "in-flight", retryAfterMs: limits.leaseMs - 500 });
  });
});

describe("a claim that fails", () => {
  it.each([
    ["the store is away", new Error("the connection was lost"), "store-unavailable"],
    ["the store is full", new LatchhookError("store-full", "full"), "store-full"],
    ["the store says that it is away", new LatchhookError("store-unavailable", "away"), "store-unavailable"],
    ["an error that only looks like a full store", { code: "store-full" }, "store-unavailable"],
  ])("because %s → refused, with the error, and persist is not called", async (_why, error, code) => {
    const { store, intercept } = faultyStore();
    intercept("claim", () => {
      throw error;
    });
    const { outcome, persisted } = run({ store });
    const result = await outcome;
    expect(result).toMatchObject({ code, status: 503 });
    expect(result.error).toBe(error);
    expect(persisted).toEqual([]);
  });
});

describe("persist that fails", () => {
  it.each([
    ["an error of its own", new Error("no"), "persist-failed", 500],
    ["nothing at all", undefined, "persist-failed", 500],
    ["another database's loss", { code: "store-unavailable" }, "persist-failed", 500],
    ["the store's error", new LatchhookError("store-unavailable", "away"), "store-unavailable", 503],
    ["the lease's error", new LatchhookError("lease-lost", "lost"), "lease-lost", 503],
    ["an error of its misuse", new LatchhookError("commit-misused", "twice"), "persist-failed", 500],
  ])("with %s → the delivery is given back at once", async (_what, error, code, status) => {
    const store = memoryStore();
    const { outcome } = run({
      store,
      async persist() {
        throw error;
      },
    });
    const result = await outcome;
    expect(result).toMatchObject({ code, status });
    expect(result.error).toBe(error);
    expect(await stateOf(store, key)).toBe("claimed");
  });

  it("is answered for what it failed with, where giving back fails too", async () => {
    const { store, intercept } = faultyStore();
    intercept("fail", connectionLost);
    const error = new Error("no");
    const { outcome } = run({ store, persist: () => Promise.reject(error) });
    expect((await outcome).error).toBe(error);
  });

  it("by a schema that throws is a failure of its own", async () => {
    const error = new TypeError("a bug in the schema");
    const schema = z.object({}).transform(() => {
      throw error;
    });
    const { outcome, persisted } = run({ schema });
    expect(await outcome).toMatchObject({ code: "persist-failed", error });
    expect(persisted).toEqual([]);
  });
});

describe("what persist commits", () => {
  it("is written with the mark that the delivery is done", async () => {
    const store = transactionalStore();
    const { outcome } = run({ store, persist: (_event, { commit }) => commit((rows) => rows.insert("a")) });
    expect((await outcome).code).toBe("processed");
    expect(store.rows).toEqual(["a"]);
    expect(await stateOf(store as never, key)).toBe("completed");
  });

  it("and does not await is waited for", async () => {
    const store = transactionalStore();
    const { outcome } = run({
      store,
      persist(_event, { commit }) {
        void commit(async (rows) => {
          await new Promise((resolve) => setTimeout(resolve, 100));
          rows.insert("a");
        });
      },
    });
    await vi.advanceTimersByTimeAsync(100);
    expect((await outcome).code).toBe("processed");
    expect(store.rows).toEqual(["a"]);
  });

  it("and does not await fails the delivery where it fails", async () => {
    const store = transactionalStore();
    store.beforeCommit = connectionLost;
    const { outcome } = run({
      store,
      persist(_event, { commit }) {
        void commit(() => {}).catch(() => {});
      },
    });
    expect(await outcome).toMatchObject({ code: "store-unavailable", status: 503 });
    expect(await stateOf(store as never, key)).toBe("claimed");
  });

  it("before it throws stays done: there is nothing left to give back", async () => {
    const store = transactionalStore();
    const error = new Error("after the commit was begun");
    const { outcome } = run({
      store,
      persist(_event, { commit }) {
        void commit(async (rows) => {
          await new Promise((resolve) => setTimeout(resolve, 100));
          rows.insert("a");
        });
        throw error;
      },
    });
    await vi.advanceTimersByTimeAsync(100);
    expect(await outcome).toMatchObject({ code: "persist-failed", error });
    expect(store.rows).toEqual(["a"]);
    expect(await stateOf(store as never, key)).toBe("completed");
  });

  it("and that fails before it throws is told as what persist threw", async () => {
    const store = transactionalStore();
    store.beforeCommit = connectionLost;
    const error = new Error("thrown first");
    const { outcome } = run({
      store,
      persist(_event, { commit }) {
        void commit(() => {}).catch(() => {});
        throw error;
      },
    });
    expect(await outcome).toMatchObject({ code: "persist-failed", error });
    expect(await stateOf(store as never, key)).toBe("claimed");
  });
});

describe("a lease that is lost while persist runs", () => {
  it("is told at once, with the reason; the result is that of persist's own end", async () => {
    const { store, intercept } = faultyStore();
    intercept("extend", () => "lost");
    let signal: AbortSignal | undefined;
    const { outcome, lost } = run({
      store,
      async persist(_event, delivery) {
        signal = delivery.signal;
        await new Promise((resolve) => setTimeout(resolve, 2_000));
      },
    });
    await vi.advanceTimersByTimeAsync(limits.leaseMs / 3);
    expect(lost).toMatchObject([
      {
        code: "lease-lost",
        status: 503,
        claimAttempt: 1,
        error: expect.objectContaining({ code: "lease-lost" }),
      },
    ]);
    expect(signal?.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await outcome).code).toBe("processed");
    expect(lost).toHaveLength(1);
  });

  it("is lost at the end too, where another has taken the delivery over", async () => {
    const { store, intercept } = faultyStore();
    intercept("complete", () => "lost");
    expect(await run({ store }).outcome).toMatchObject({ code: "lease-lost", status: 503 });
  });
});

describe("marking a delivery done", () => {
  it("that fails to the end is the store's failure, and the delivery is not given back: it has run", async () => {
    const { store, intercept } = faultyStore();
    intercept("complete", connectionLost);
    const { store: counted, calls } = counting(store, "fail");
    const { outcome } = run({ store: counted });
    await vi.advanceTimersByTimeAsync(1_000);
    const result = await outcome;
    expect(result).toMatchObject({ code: "store-unavailable", status: 503 });
    expect((result.error as Error).message).toBe("the connection was lost");
    expect(calls()).toBe(0);
  });
});

describe("heartbeats", () => {
  it.each([
    ["succeeded", () => {}],
    [
      "failed",
      () => {
        throw new Error("no");
      },
    ],
  ])("end with a delivery that %s", async (_what, end) => {
    const { store, calls } = counting(memoryStore(), "extend");
    const { outcome } = run({
      store,
      async persist() {
        await new Promise((resolve) => setTimeout(resolve, limits.leaseMs));
        end();
      },
    });
    await vi.advanceTimersByTimeAsync(limits.leaseMs);
    await outcome;
    const beats = calls();
    expect(beats).toBeGreaterThanOrEqual(2);
    await vi.advanceTimersByTimeAsync(limits.leaseMs * 2);
    expect(calls()).toBe(beats);
    expect(vi.getTimerCount()).toBe(0);
  });
});
