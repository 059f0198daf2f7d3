import type { InboxRecord, OutcomeCount, Store } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import { describe, expect, it, vi } from "vitest";
import { createNoteQueue } from "../../src/inbox/note-queue.ts";
import { dialect, inboxReceiver } from "../support/inbox-receiver.ts";

/** A store that says what was written to its inbox, write by write. */
function watchedStore() {
  const store = memoryStore();
  const writes: { readonly attempts: number; readonly counts: readonly OutcomeCount[] }[] = [];
  const note: typeof store.inbox.note = (attempts, counts) => {
    writes.push({ attempts: attempts.length, counts });
    return store.inbox.note(attempts, counts);
  };
  return { store: { ...(store as Store), inbox: { ...store.inbox, note } }, writes };
}

describe("a flood", () => {
  it("of 100,000 forged requests is one count a minute and reason, and holds no memory", async () => {
    const { store, writes } = watchedStore();
    const trial = inboxReceiver({ store });
    const { headers } = dialect.sign();
    const body = new TextEncoder().encode('{"forged":true}');
    await trial.post({ headers, body });
    const before = process.memoryUsage().heapUsed;
    for (let batch = 0; batch < 100; batch++) {
      await Promise.all(Array.from({ length: 1_000 }, () => trial.post({ headers, body })));
      trial.outcomes.length = 0;
    }
    await trial.inbox.flush();
    const counts = await trial.inbox.counts(0);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(100_001);
    expect(counts.length).toBeLessThanOrEqual(Math.ceil(process.uptime() / 60) + 1);
    expect(new Set(counts.map(({ reason }) => reason))).toEqual(new Set(["signature-mismatch"]));
    expect((await trial.inbox.list()).deliveries).toEqual([]);
    expect(writes.every(({ attempts, counts: written }) => attempts === 0 && written.length <= 2)).toBe(true);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1_048_576);
  }, 120_000);

  it("of duplicates is written in batches of at most 100 rows, without their bodies", async () => {
    const { store, writes } = watchedStore();
    const trial = inboxReceiver({ store });
    const request = dialect.sign();
    await trial.post(request);
    await Promise.all(Array.from({ length: 250 }, () => trial.post(request)));
    const { delivery } = await trial.only();
    expect(delivery).toMatchObject({ requests: 251, runs: 1 });
    expect(writes.every(({ attempts }) => attempts <= 100)).toBe(true);
    expect(writes.length).toBeLessThan(10);
  });
});

describe("the queue of notes", () => {
  const note = (toRecord = async () => ({}) as InboxRecord, bytes = 0) => ({ toRecord, bytes });
  const count: OutcomeCount = {
    ...{
      minute: 0,
      scope: "",
      provider: "p",
      outcome: "processed",
      reason: "",
      bucketMs: 5,
      secretIndex: 0,
      count: 1,
    },
  };

  it("writes attempts within 250 ms, counts within a second, and 100 at once", async () => {
    vi.useFakeTimers();
    const { inbox } = memoryStore();
    const written: [number, number][] = [];
    const queue = createNoteQueue({
      ...inbox,
      note: (attempts, counts) => void written.push([attempts.length, counts.length]),
    });
    queue.count(count);
    queue.count(count);
    await vi.advanceTimersByTimeAsync(999);
    expect(written).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(written).toEqual([[0, 1]]);
    queue.count(count);
    queue.add(note());
    await vi.advanceTimersByTimeAsync(249);
    expect(written).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(written[1]).toEqual([1, 1]);
    for (let index = 0; index < 100; index++) queue.add(note());
    await vi.advanceTimersByTimeAsync(0);
    expect(written[2]).toEqual([100, 0]);
    vi.useRealTimers();
  });

  it("holds 10,000 notes, and counts what it has no room for", async () => {
    const { inbox } = memoryStore();
    let release: (() => void) | undefined;
    const blocked = new Promise<void>((resolve) => (release = resolve));
    let rows = 0;
    const queue = createNoteQueue({
      ...inbox,
      async note(attempts) {
        await blocked;
        rows += attempts.length;
      },
    });
    for (let index = 0; index < 10_050; index++) queue.add(note());
    expect(queue.dropped()).toBe(50);
    release?.();
    await queue.flush();
    expect([rows, queue.dropped()]).toEqual([10_000, 50]);
  });

  it("admits 32 MiB of bodies at a time", async () => {
    const { inbox } = memoryStore();
    const queue = createNoteQueue({ ...inbox, note() {} });
    for (let index = 0; index < 32; index++) {
      expect(queue.admits(1_048_576)).toBe(true);
      queue.add(note(undefined, 1_048_576));
    }
    expect(queue.admits(1)).toBe(false);
    await queue.flush();
    expect(queue.admits(33_554_432)).toBe(true);
  });

  it("pauses after a failure, drops its attempts, and writes on", async () => {
    vi.useFakeTimers();
    const { inbox } = memoryStore();
    const calls: number[] = [];
    let fails = true;
    const queue = createNoteQueue({
      ...inbox,
      note(attempts) {
        calls.push(attempts.length);
        if (fails) throw new Error("away");
      },
    });
    queue.count(count);
    queue.add(note());
    await vi.advanceTimersByTimeAsync(250);
    expect([calls, queue.dropped()]).toEqual([[1], 1]);
    fails = false;
    queue.add(note());
    await vi.advanceTimersByTimeAsync(4_990);
    expect(calls).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(20);
    expect([calls, queue.dropped()]).toEqual([[1, 1], 1]);
    vi.useRealTimers();
  });

  it("loses a batch, and no process, where a record cannot be made", async () => {
    const { inbox } = memoryStore();
    const queue = createNoteQueue({ ...inbox, note() {} });
    queue.add(note(() => Promise.reject(new Error("no record"))));
    await queue.flush();
    expect(queue.dropped()).toBe(1);
  });

  it("settles once what waits is written", async () => {
    const { inbox } = memoryStore();
    let rows = 0;
    const queue = createNoteQueue({
      ...inbox,
      note(attempts) {
        rows += attempts.length;
      },
    });
    await queue.settled();
    queue.add(note());
    await queue.settled();
    expect(rows).toBe(1);
  });
});
