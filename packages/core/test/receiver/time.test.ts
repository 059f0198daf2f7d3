import { isLatchhookError } from "@latchhook/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { dialects } from "../support/dialects.ts";
import { connectionLost, faultyStore } from "../support/faulty-store.ts";
import { expectProcessed, type Persist, trialReceiver } from "../support/trial-receiver.ts";

const dialect = dialects[3] as (typeof dialects)[number];
const busy = '{"error":"busy"}';
const limits = { leaseMs: 3_000, deadlineMs: 8_000, maxRunMs: 20_000, waitMs: 3_000 };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const make = (options: Parameters<typeof trialReceiver>[1]) =>
  trialReceiver(dialect.makeProvider({ secret: dialect.secrets[0] }), { ...limits, ...options });
const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

/** Whether a promise has settled by now. */
function watch<Value>(promise: Promise<Value>): { value: Value | undefined } {
  const watched: { value: Value | undefined } = { value: undefined };
  promise.then(
    (value) => {
      watched.value = value;
    },
    () => {},
  );
  return watched;
}

describe("the deadline", () => {
  it("H92 persist that never resolves → 503 at the deadline, and not before", async () => {
    const trial = make({ persist: () => new Promise(() => {}) });
    const answer = watch(trial.post(dialect.sign()));
    await pass(7_999);
    expect(answer.value).toBeUndefined();
    await pass(1);
    expect(answer.value).toMatchObject({ status: 503, body: busy, headers: { "retry-after": "3" } });
    expect(trial.outcomes).toMatchObject([{ code: "deadline-exceeded" }]);
  });

  it("H92 after maxRunMs the signal aborts, the lease runs out, and the next attempt runs", async () => {
    let calls = 0;
    const trial = make({ persist: () => (++calls === 1 ? new Promise(() => {}) : undefined) });
    const first = watch(trial.post(dialect.sign()));
    await pass(19_000);
    const signal = trial.persisted[0]?.delivery.signal;
    expect(signal?.aborted).toBe(false);
    const during = watch(trial.post(dialect.sign()));
    await pass(2_000);
    expect(signal?.aborted).toBe(true);
    expect(isLatchhookError(signal?.reason) && signal.reason.code).toBe("run-timeout");
    await pass(3_000);
    expect(first.value?.status).toBe(503);
    // The one that waited meanwhile gave up, or took over once the lease was out; in no case ran both at once.
    expect([200, 503]).toContain(during.value?.status);
    const next = watch(trial.post(dialect.sign()));
    await pass(3_000);
    expect(next.value?.status).toBe(200);
    expect(trial.persisted).toHaveLength(2);
  });

  it("H93 persist that resolves after the deadline → completes, the next attempt is a duplicate", async () => {
    const trial = make({ persist: () => sleep(10_000) });
    const answer = watch(trial.post(dialect.sign()));
    await pass(8_000);
    expect(answer.value?.status).toBe(503);
    await pass(2_000);
    const next = await trial.post(dialect.sign());
    expect([next.status, next.body]).toEqual([200, '{"received":true,"duplicate":true}']);
    expect(trial.persisted).toHaveLength(1);
    expect(trial.outcomes).toMatchObject([
      { code: "deadline-exceeded" },
      { code: "processed", late: true },
      { code: "duplicate" },
    ]);
  });

  it("H93 persist that fails after the deadline → the next attempt runs at once", async () => {
    let calls = 0;
    const persist: Persist = async () => {
      if (++calls > 1) return;
      await sleep(10_000);
      throw new Error("too late, and wrong");
    };
    const trial = make({ persist });
    const answer = watch(trial.post(dialect.sign()));
    await pass(10_000);
    expect(answer.value?.status).toBe(503);
    expectProcessed(await trial.post(dialect.sign()), "the next attempt");
    expect(trial.outcomes[1]).toMatchObject({ code: "persist-failed", late: true });
  });

  it("is shared by body, wait and persist", async () => {
    const trial = make({ persist: () => sleep(3_000) });
    const { headers, body } = dialect.sign();
    const readBody = async () => {
      await sleep(6_000);
      return { ok: true as const, bytes: body };
    };
    const answer = watch(trial.receiver.receive({ method: "POST", headers, readBody }));
    await pass(7_999);
    expect(answer.value).toBeUndefined();
    await pass(1);
    expect(answer.value?.status).toBe(503);
  });

  it("limits the time that a body may take to what is left", async () => {
    const trial = make({ bodyTimeoutMs: 60_000 });
    const limitsSeen: unknown[] = [];
    const { headers, body } = dialect.sign();
    await trial.receiver.receive({
      method: "POST",
      headers,
      readBody: async (seen) => {
        limitsSeen.push(seen);
        return { ok: true, bytes: body };
      },
    });
    expect(limitsSeen).toMatchObject([{ maxBytes: 1_048_576, timeoutMs: 8_000 }]);
  });

  it("work that goes on after the answer is handed to waitUntil", async () => {
    const trial = make({ persist: () => sleep(10_000) });
    const kept: Promise<unknown>[] = [];
    const request = dialect.sign();
    const waitUntil = (work: Promise<unknown>) => kept.push(work);
    const readBody = async () => ({ ok: true as const, bytes: request.body });
    const answer = watch(
      trial.receiver.receive({ method: "POST", headers: request.headers, readBody, waitUntil }),
    );
    await pass(7_999);
    expect(kept).toHaveLength(0);
    await pass(1);
    expect(answer.value?.status).toBe(503);
    expect(kept).toHaveLength(1);
    const end = watch((kept[0] as Promise<unknown>).then(() => "ended"));
    expect(end.value).toBeUndefined();
    await pass(2_000);
    expect(end.value).toBe("ended");
  });

  it("waitUntil of a context is called as its method; one that throws does not end the process", async () => {
    const trial = make({ persist: () => sleep(10_000) });
    const context = {
      kept: 0,
      waitUntil() {
        this.kept++;
        throw new TypeError("Illegal invocation");
      },
    };
    const { headers, body } = dialect.sign();
    const request = new Request("http://localhost/", {
      method: "POST",
      headers,
      body: Uint8Array.from(body),
    });
    const answer = watch(trial.receiver.handle(request, context));
    await pass(10_000);
    expect([answer.value?.status, context.kept]).toEqual([503, 1]);
    expect(trial.outcomes.at(-1)).toMatchObject({ code: "processed", late: true });
  });
});

describe("a duplicate of one in flight", () => {
  it("waits, and is answered 200 once the first is done", async () => {
    const trial = make({ persist: () => sleep(1_000) });
    const [first, second] = [watch(trial.post(dialect.sign())), watch(trial.post(dialect.sign()))];
    await pass(2_000);
    expect([first.value?.status, second.value?.status]).toEqual([200, 200]);
    expect(second.value?.body).toContain("duplicate");
    expect(trial.persisted).toHaveLength(1);
  });

  it("runs itself once the first has failed", async () => {
    let calls = 0;
    const persist: Persist = async () => {
      await sleep(1_000);
      if (++calls === 1) throw new Error("the first fails");
    };
    const trial = make({ persist });
    const [first, second] = [watch(trial.post(dialect.sign())), watch(trial.post(dialect.sign()))];
    await pass(4_000);
    expect([first.value?.status, second.value?.status]).toEqual([500, 200]);
    expect(trial.persisted).toHaveLength(2);
  });

  it("is answered 503 with Retry-After after waitMs", async () => {
    const trial = make({ persist: () => sleep(6_000) });
    const first = watch(trial.post(dialect.sign()));
    const second = watch(trial.post(dialect.sign()));
    await pass(2_900);
    expect(second.value).toBeUndefined();
    await pass(300);
    expect(second.value).toMatchObject({ status: 503, body: busy });
    expect(second.value?.headers["retry-after"]).toMatch(/^[1-3]$/);
    await pass(4_000);
    expect(first.value?.status).toBe(200);
  });
});

describe("the lease", () => {
  it("is extended for as long as persist runs", async () => {
    const trial = make({ persist: () => sleep(7_000) });
    const first = watch(trial.post(dialect.sign()));
    await pass(6_000);
    expect(trial.storeCalls.filter((name) => name === "extend").length).toBeGreaterThanOrEqual(5);
    const second = watch(trial.post(dialect.sign()));
    await pass(2_000);
    expect([first.value?.status, second.value?.body]).toEqual([200, '{"received":true,"duplicate":true}']);
    expect(trial.persisted).toHaveLength(1);
  });

  it("no heartbeat goes on after persist has ended", async () => {
    const trial = make({});
    await trial.post(dialect.sign());
    await pass(10_000);
    expect(trial.storeCalls).toEqual(["claim", "complete"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ["the first", (beat: number) => beat === 1],
    ["every second", (beat: number) => beat % 2 === 1],
  ])("H86 %s heartbeat lost → goes on", async (_which, isLost) => {
    const { store, intercept } = faultyStore();
    let beats = 0;
    intercept("extend", (extend) => (isLost(++beats) ? connectionLost() : extend()));
    const trial = make({ store, persist: () => sleep(7_000) });
    const answer = watch(trial.post(dialect.sign()));
    await pass(7_000);
    expectProcessed(answer.value as never, "went on");
    expect(trial.persisted[0]?.delivery.signal.aborted).toBe(false);
  });

  it("H86 no heartbeat for a whole lease → signal aborts, 503", async () => {
    const { store, intercept } = faultyStore();
    intercept("extend", connectionLost);
    const trial = make({ store, persist: () => sleep(7_000) });
    const answer = watch(trial.post(dialect.sign()));
    await pass(2_900);
    expect(trial.persisted[0]?.delivery.signal.aborted).toBe(false);
    await pass(200);
    const signal = trial.persisted[0]?.delivery.signal;
    expect(isLatchhookError(signal?.reason) && signal.reason.code).toBe("lease-lost");
    expect(answer.value).toMatchObject({ status: 503, body: busy });
    expect(trial.outcomes).toMatchObject([{ code: "lease-lost" }]);
  });

  it("H86 heartbeats that hang for a whole lease → signal aborts, 503", async () => {
    const { store, intercept } = faultyStore();
    intercept("extend", () => new Promise(() => {}));
    const trial = make({ store, persist: () => sleep(7_000) });
    const answer = watch(trial.post(dialect.sign()));
    await pass(3_100);
    expect(answer.value?.status).toBe(503);
    expect(trial.persisted[0]?.delivery.signal.aborted).toBe(true);
  });

  it("H86 the store says that it is lost → signal aborts, 503 at once", async () => {
    const { store, intercept } = faultyStore();
    intercept("extend", () => "lost");
    const trial = make({ store, persist: () => sleep(7_000) });
    const answer = watch(trial.post(dialect.sign()));
    await pass(1_100);
    expect(answer.value?.status).toBe(503);
    expect(trial.persisted[0]?.delivery.signal.aborted).toBe(true);
  });

  it.each([
    ["completes", undefined],
    ["fails", new Error("paused, then wrong")],
  ])(
    "H87 paused past the lease, a second runs; that the first then %s changes nothing",
    async (_end, error) => {
      const { store, intercept, restore } = faultyStore();
      let calls = 0;
      const persist: Persist = async () => {
        const isFirst = ++calls === 1;
        await sleep(isFirst ? 7_000 : 5_000);
        if (isFirst && error !== undefined) throw error;
      };
      intercept("extend", connectionLost);
      const trial = make({ store, persist });
      const first = watch(trial.post(dialect.sign()));
      await pass(3_500);
      expect(first.value?.status).toBe(503);
      restore("extend");
      const second = watch(trial.post(dialect.sign()));
      await pass(4_000);
      // The first has ended by now, while the second still runs: a third finds it in flight.
      const code = error === undefined ? "lease-lost" : "persist-failed";
      expect(trial.outcomes.at(-1)).toMatchObject({ code, late: true });
      const third = watch(trial.post(dialect.sign()));
      await pass(900);
      expect([second.value, third.value]).toEqual([undefined, undefined]);
      expect(trial.persisted).toHaveLength(2);
      await pass(2_000);
      expect([second.value?.status, third.value?.body]).toEqual([200, '{"received":true,"duplicate":true}']);
      expect(trial.persisted).toHaveLength(2);
    },
  );
});

describe("close", () => {
  it("answers 503 from then on, and resolves once what is in flight has ended and is completed", async () => {
    const trial = make({ persist: () => sleep(5_000) });
    const first = watch(trial.post(dialect.sign()));
    await pass(1_000);
    const closed = watch(trial.receiver.close().then(() => "closed"));
    const refused = await trial.post(dialect.sign());
    expect(refused).toMatchObject({ status: 503, body: '{"error":"unavailable"}' });
    expect(refused.headers["retry-after"]).toBeDefined();
    await pass(3_900);
    expect(closed.value).toBeUndefined();
    await pass(200);
    expect([closed.value, first.value?.status]).toEqual(["closed", 200]);
    expect(trial.storeCalls.at(-1)).toBe("complete");
  });

  it("waits for a callback that outlives its answer, and for one that fails", async () => {
    const persist: Persist = async () => {
      await sleep(10_000);
      throw new Error("in the end");
    };
    const trial = make({ persist });
    const answer = watch(trial.post(dialect.sign()));
    await pass(8_500);
    expect(answer.value?.status).toBe(503);
    const closed = watch(trial.receiver.close().then(() => "closed"));
    await pass(1_400);
    expect(closed.value).toBeUndefined();
    await pass(200);
    expect(closed.value).toBe("closed");
    expect(trial.storeCalls.at(-1)).toBe("fail");
  });

  it("waits for a request whose body is still on its way, and for the callback that it then runs", async () => {
    const trial = make({ persist: () => sleep(10_000) });
    const { headers, body } = dialect.sign();
    const readBody = () => sleep(1_000).then(() => ({ ok: true as const, bytes: body }));
    const answer = watch(trial.receiver.receive({ method: "POST", headers, readBody }));
    await pass(500);
    const closed = watch(trial.receiver.close().then(() => "closed"));
    await pass(8_000);
    expect([closed.value, answer.value?.status]).toEqual([undefined, 503]);
    await pass(3_000);
    expect([closed.value, trial.persisted.length]).toEqual(["closed", 1]);
    expect(trial.storeCalls.at(-1)).toBe("complete");
  });

  it("does not wait for a callback that hangs, once its lease is over", async () => {
    const trial = make({ persist: () => new Promise(() => {}) });
    const answer = watch(trial.post(dialect.sign()));
    await pass(1_000);
    const closed = watch(trial.receiver.close().then(() => "closed"));
    await pass(18_000);
    expect([closed.value, answer.value?.status]).toEqual([undefined, 503]);
    await pass(2_000);
    expect(closed.value).toBe("closed");
  });

  it("resolves at once where nothing is in flight, and again", async () => {
    const trial = make({});
    await trial.receiver.close();
    await trial.receiver.close();
    expect((await trial.post(dialect.sign())).status).toBe(503);
    expect(trial.storeCalls).toEqual([]);
  });
});
