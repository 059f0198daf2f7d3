import { equal, ok } from "node:assert/strict";
import type { Claim, ClaimUpdate, Store } from "@latchhook/core";
import type { CaseTable } from "../define-case.ts";
import { expectCompleted, expectInFlight, expectUpdate, hold, longMs, newKey, newOwner } from "../trial.ts";

type Operation = <Transaction>(store: Store<Transaction>, claim: Claim) => Promise<ClaimUpdate>;

const operations: Readonly<Record<string, Operation>> = {
  extend: async (store, claim) => store.extend(claim, longMs),
  complete: async (store, claim) => store.complete(claim, { retainMs: longMs }),
  fail: async (store, claim) => store.fail(claim),
};

/** What operations under a claim that is not the current one answer: "lost", without changing anything. */
export const fencingCases: CaseTable = {
  "fencing: a wrong owner, a wrong fence and an unknown key are lost and change nothing": async (trial) => {
    for (const [name, operate] of Object.entries(operations)) {
      const held = await hold(trial.store, newKey());
      const wrong = {
        owner: { ...held, owner: newOwner() },
        "later fence": { ...held, fence: held.fence + 1 },
        "earlier fence": { ...held, fence: held.fence - 1 },
        key: { ...held, key: newKey() },
      };
      for (const [what, claim] of Object.entries(wrong)) {
        await expectUpdate(operate(trial.peer, claim), "lost", `${name} with another ${what}`);
      }
      await expectInFlight(trial.store, held.key);
      await expectUpdate(
        trial.store.complete(held, { retainMs: longMs }),
        "ok",
        `complete after stray ${name}s`,
      );
    }
  },

  "fencing: a holder that was taken over can do nothing": async (trial) => {
    for (const [name, operate] of Object.entries(operations)) {
      const stale = await hold(trial.store, newKey(), { leaseMs: trial.shortMs });
      await trial.passShort();
      const current = await hold(trial.peer, stale.key);
      await expectUpdate(operate(trial.store, stale), "lost", `${name} by the old holder`);
      await expectInFlight(trial.store, stale.key);
      await expectUpdate(
        trial.peer.complete(current, { retainMs: longMs }),
        "ok",
        "complete by the new holder",
      );
      await expectUpdate(operate(trial.store, stale), "lost", `${name} by the old holder, after completion`);
      await expectCompleted(trial.store, stale.key);
    }
  },

  "fencing: an earlier claim of the same owner can do nothing": async ({ store }) => {
    for (const [name, operate] of Object.entries(operations)) {
      const stale = await hold(store, newKey());
      await expectUpdate(store.fail(stale), "ok", "fail");
      const current = await hold(store, stale.key, { owner: stale.owner });
      await expectUpdate(operate(store, stale), "lost", `${name} under the earlier fence`);
      await expectInFlight(store, stale.key);
      await expectUpdate(
        store.complete(current, { retainMs: longMs }),
        "ok",
        "complete under the current fence",
      );
    }
  },

  "fencing: what is completed cannot be extended or failed": async ({ store }) => {
    const held = await hold(store, newKey());
    await expectUpdate(store.complete(held, { retainMs: longMs }), "ok", "complete");
    await expectUpdate(store.extend(held, longMs), "lost", "extend after complete");
    await expectUpdate(store.fail(held), "lost", "fail after complete");
    await expectUpdate(
      store.complete({ ...held, owner: newOwner() }, { retainMs: longMs }),
      "lost",
      "complete again with another owner",
    );
    await expectCompleted(store, held.key);
  },

  "fencing: what was given back cannot be extended or completed": async ({ store }) => {
    const held = await hold(store, newKey());
    await expectUpdate(store.fail(held), "ok", "fail");
    await expectUpdate(store.extend(held, longMs), "lost", "extend after fail");
    await expectUpdate(store.complete(held, { retainMs: longMs }), "lost", "complete after fail");
    equal((await hold(store, held.key)).attempt, 2);
  },

  "repeats: extend, fail and complete may be repeated by their owner": async ({ store, peer }) => {
    const held = await hold(store, newKey());
    for (const any of [store, peer, store]) await expectUpdate(any.extend(held, longMs), "ok", "extend");
    for (const any of [store, peer, store]) await expectUpdate(any.fail(held), "ok", "fail");
    const again = await hold(store, held.key);
    equal(again.attempt, 2, "a repeated fail counts once");
    for (const any of [store, peer, store]) {
      await expectUpdate(any.complete(again, { retainMs: longMs }), "ok", "complete");
    }
    await expectCompleted(store, held.key);
  },

  "lease: a claim whose lease ran out can still extend, complete and fail": async (trial) => {
    for (const [name, operate] of Object.entries(operations)) {
      const held = await hold(trial.store, newKey(), { leaseMs: trial.shortMs });
      await trial.passShort();
      await expectUpdate(operate(trial.store, held), "ok", `${name} after the lease, with nobody in between`);
    }
  },

  "lease: extend moves its end, from now": async (trial) => {
    const longer = await hold(trial.store, newKey(), { leaseMs: trial.shortMs });
    await expectUpdate(trial.store.extend(longer, longMs), "ok", "extend to a longer lease");
    const shorter = await hold(trial.store, newKey(), { leaseMs: longMs });
    await expectUpdate(trial.store.extend(shorter, trial.shortMs), "ok", "extend to a shorter lease");
    await trial.passShort();
    await expectInFlight(trial.peer, longer.key);
    equal((await hold(trial.peer, shorter.key)).takeover, true);
  },

  "attempts: failing five times never forgets, and fences only grow": async ({ stores }) => {
    const key = newKey();
    let lastFence = Number.NEGATIVE_INFINITY;
    for (let attempt = 1; attempt <= 6; attempt++) {
      const store = stores[attempt % stores.length];
      ok(store);
      const held = await hold(store, key);
      equal(held.attempt, attempt);
      ok(held.fence > lastFence, `the fence should grow: ${lastFence}, then ${held.fence}`);
      lastFence = held.fence;
      await expectUpdate(store.fail(held), "ok", "fail");
    }
  },
};
