import { equal, ok } from "node:assert/strict";
import type { Store } from "@latchhook/core";
import type { CaseTable } from "../define-case.ts";
import {
  expectCompleted,
  expectInFlight,
  expectUpdate,
  type HeldClaim,
  hold,
  longMs,
  newKey,
} from "../trial.ts";

/** What `purge` removes, and what a key is afterwards. */
export const purgeCases: CaseTable = {
  "purge: removes completed records once their retention is over, and counts them": async (trial) => {
    const { store } = trial;
    const kept = await completed(store, longMs);
    const brief = await completed(store, trial.shortMs);
    await trial.passShort();
    equal(await purgeAll(store), 1);
    await expectCompleted(store, kept.key);
    const again = await hold(store, brief.key);
    equal(again.takeover, false, "there is no earlier holder any more");
  },

  "purge: removes at most as many as it was told": async (trial) => {
    const { store, passShort, shortMs } = trial;
    // Longer than it takes to write them all, so that a store which also purges by itself has nothing to purge yet.
    for (let index = 0; index < 5; index++) await completed(store, shortMs * 4);
    for (let wait = 0; wait < 4; wait++) await passShort();
    equal(await store.purge(2), 2);
    equal(await store.purge(2), 2);
    equal(await store.purge(2), 1);
    equal(await store.purge(2), 0);
  },

  "purge: never removes what is in flight": async (trial) => {
    const { store } = trial;
    const held = await hold(store, newKey(), { leaseMs: longMs, retainMs: 1 });
    // Room for a store that is slow to extend: its record lives for lease and retention.
    const extended = await hold(store, newKey(), { leaseMs: trial.shortMs, retainMs: trial.shortMs });
    await expectUpdate(store.extend(extended, longMs), "ok", "extend");
    await trial.passShort();
    await trial.passShort();
    equal(await purgeAll(store), 0);
    await expectInFlight(store, held.key);
    await expectInFlight(store, extended.key);
    await expectUpdate(store.complete(held, { retainMs: longMs }), "ok", "complete");
    await expectUpdate(store.complete(extended, { retainMs: longMs }), "ok", "complete");
  },

  "purge: keeps an unfinished record for its retention, and its count of attempts": async (trial) => {
    const { store } = trial;
    const expired = await hold(store, newKey(), { leaseMs: trial.shortMs });
    const failed = await hold(store, newKey());
    await expectUpdate(store.fail(failed), "ok", "fail");
    await trial.passShort();
    equal(await purgeAll(store), 0);
    equal((await hold(store, expired.key)).attempt, 2);
    equal((await hold(store, failed.key)).attempt, 2);
  },

  "purge: removes unfinished records once their retention is over": async (trial) => {
    const { store, shortMs } = trial;
    const expired = await hold(store, newKey(), { leaseMs: shortMs, retainMs: shortMs });
    const failed = await hold(store, newKey(), { leaseMs: shortMs, retainMs: shortMs });
    await expectUpdate(store.fail(failed), "ok", "fail");
    for (let wait = 0; wait < 3; wait++) await trial.passShort();
    equal(await purgeAll(store), 2);
    await expectUpdate(store.complete(expired, { retainMs: longMs }), "lost", "complete of a purged claim");
    equal((await hold(store, expired.key)).takeover, false, "there is no earlier holder any more");
  },

  "purge: never removes what is retained for ever": async (trial) => {
    const { store } = trial;
    const held = await completed(store, Number.POSITIVE_INFINITY);
    const failed = await hold(store, newKey(), {
      leaseMs: trial.shortMs,
      retainMs: Number.POSITIVE_INFINITY,
    });
    await expectUpdate(store.fail(failed), "ok", "fail");
    await trial.passShort();
    equal(await purgeAll(store), 0);
    await expectCompleted(store, held.key);
    equal((await hold(store, failed.key)).attempt, 2);
  },

  "purge: many records go, and those in flight among them stay": async (trial) => {
    const { store } = trial;
    const inFlight: HeldClaim[] = [];
    for (let index = 0; index < 120; index++) {
      if (index % 4 === 0) inFlight.push(await hold(store, newKey(), { retainMs: 1 }));
      else await completed(store, trial.shortMs);
    }
    await trial.passShort();
    await purgeAll(store, 25);
    equal(await store.purge(1_000), 0, "purge answers 0 only when nothing is left to remove");
    for (const held of inFlight) {
      await expectUpdate(store.complete(held, { retainMs: longMs }), "ok", "complete what was in flight");
    }
  },

  "fences: they grow over failure, expiry, completion, purge and re-creation": async (trial) => {
    const { store, shortMs, passShort } = trial;
    const key = newKey();
    let latest = await hold(store, key, { leaseMs: shortMs, retainMs: shortMs });
    const next = async (how: string): Promise<void> => {
      const held = await hold(store, key, { leaseMs: shortMs, retainMs: shortMs });
      ok(held.fence > latest.fence, `the fence should grow over ${how}: ${latest.fence}, then ${held.fence}`);
      await expectUpdate(store.complete(latest, { retainMs: longMs }), "lost", `complete from before ${how}`);
      await expectUpdate(store.fail(latest), "lost", `fail from before ${how}`);
      latest = held;
    };
    await store.fail(latest);
    await next("failure");
    await passShort();
    await next("expiry");
    await store.fail(latest);
    await passShort();
    await passShort();
    await passShort();
    await purgeAll(store);
    await next("the purge of a failed record");
    await store.complete(latest, { retainMs: shortMs });
    await passShort();
    await purgeAll(store);
    await next("the purge of a completed record");
  },

  "fences: purging one key does not let another's go back": async (trial) => {
    const { store, shortMs } = trial;
    const busy = newKey();
    let fence = 0;
    for (let attempt = 0; attempt < 5; attempt++) {
      const held = await hold(store, busy, { leaseMs: shortMs, retainMs: shortMs });
      fence = held.fence;
      await store.fail(held);
    }
    for (let wait = 0; wait < 3; wait++) await trial.passShort();
    await purgeAll(store);
    await completed(store, shortMs);
    await trial.passShort();
    await purgeAll(store);
    ok((await hold(store, busy)).fence > fence);
  },

  "retention: a completed delivery is remembered until it ends": async (trial) => {
    const held = await completed(trial.store, trial.shortMs * 100);
    await trial.passShort();
    await trial.store.purge(10);
    await expectCompleted(trial.peer, held.key);
  },
};

async function completed<Transaction>(store: Store<Transaction>, retainMs: number): Promise<HeldClaim> {
  const held = await hold(store, newKey());
  await expectUpdate(store.complete(held, { retainMs }), "ok", "complete");
  return held;
}

/** Purges until nothing is left to remove. Returns how many records went. */
async function purgeAll<Transaction>(store: Store<Transaction>, limit = 100): Promise<number> {
  let total = 0;
  for (let round = 0; round < 1_000; round++) {
    const removed = await store.purge(limit);
    ok(removed <= limit, `purge(${limit}) removed ${removed}`);
    if (removed === 0) return total;
    total += removed;
  }
  throw new Error("purge never answers 0.");
}
