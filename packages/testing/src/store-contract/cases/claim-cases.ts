import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import type { CaseTable } from "../define-case.ts";
import { claim, expectCompleted, expectInFlight, expectUpdate, hold, longMs, newKey } from "../trial.ts";

/** What `claim` answers, one caller at a time. */
export const claimCases: CaseTable = {
  "claim: the first one of a key wins, as attempt 1 and no takeover": async ({ store }) => {
    const { attempt, takeover } = await hold(store, newKey());
    deepEqual({ attempt, takeover }, { attempt: 1, takeover: false });
  },

  "claim: others learn that the key is in flight and when its lease ends": async ({ store, peer }) => {
    const key = newKey();
    await hold(store, key, { leaseMs: 60_000 });
    const retryAfterMs = await expectInFlight(peer, key);
    ok(
      retryAfterMs > 30_000 && retryAfterMs <= 60_000,
      `retryAfterMs should be near 60000, not ${retryAfterMs}`,
    );
  },

  "claim: keys that differ in one digit are independent": async ({ store, peer }) => {
    const stem = newKey().slice(1);
    const first = await hold(store, `0${stem}`);
    const second = await hold(peer, `1${stem}`);
    await expectUpdate(store.complete(first, { retainMs: longMs }), "ok", "complete the first");
    await expectInFlight(store, second.key);
    await expectCompleted(store, first.key);
  },

  "claim: a lease that ran out is taken over, as the next attempt with a greater fence": async (trial) => {
    const key = newKey();
    const first = await hold(trial.store, key, { leaseMs: trial.shortMs });
    await trial.passShort();
    const second = await hold(trial.peer, key);
    equal(second.attempt, 2);
    equal(second.takeover, true, "the lease of an earlier holder ran out");
    ok(second.fence > first.fence, `the fence should grow: ${first.fence}, then ${second.fence}`);
  },

  "claim: a failed delivery is claimable at once, and that is no takeover": async ({ store, peer }) => {
    const key = newKey();
    const first = await hold(store, key);
    await expectUpdate(store.fail(first), "ok", "fail");
    const second = await hold(peer, key);
    equal(second.attempt, 2, "failing keeps the count of attempts");
    equal(second.takeover, false, "the holder gave the claim back");
    ok(second.fence > first.fence, `the fence should grow: ${first.fence}, then ${second.fence}`);
  },

  "claim: a completed delivery answers completed, to its owner too": async ({ store, stores }) => {
    const held = await hold(store, newKey());
    await expectUpdate(store.complete(held, { retainMs: longMs }), "ok", "complete");
    for (const any of stores) {
      await expectCompleted(any, held.key);
      deepEqual(await claim(any, held.key, { owner: held.owner }), { state: "completed" });
    }
  },

  "claim: repeated by its owner while in flight, it is the same claim": async ({ store, peer }) => {
    const first = await hold(store, newKey());
    const again = await hold(peer, first.key, { owner: first.owner });
    deepEqual([again.fence, again.attempt], [first.fence, first.attempt]);
    await expectUpdate(store.complete(first, { retainMs: longMs }), "ok", "complete");
  },

  "claim: repeated by its owner, it renews the lease": async (trial) => {
    const first = await hold(trial.store, newKey(), { leaseMs: trial.shortMs });
    await hold(trial.store, first.key, { owner: first.owner, leaseMs: longMs });
    await trial.passShort();
    await expectInFlight(trial.peer, first.key);
  },

  "claim: repeated by its owner after the lease, with nobody in between, it is the same claim": async (
    trial,
  ) => {
    const first = await hold(trial.store, newKey(), { leaseMs: trial.shortMs });
    await trial.passShort();
    const again = await hold(trial.store, first.key, { owner: first.owner });
    deepEqual([again.fence, again.attempt], [first.fence, first.attempt]);
    await expectInFlight(trial.peer, first.key);
  },

  "claim: repeated by an owner that has failed, it is a new claim": async ({ store }) => {
    const first = await hold(store, newKey());
    await expectUpdate(store.fail(first), "ok", "fail");
    const again = await hold(store, first.key, { owner: first.owner });
    equal(again.attempt, 2);
    notEqual(again.fence, first.fence);
    await expectUpdate(store.complete(first, { retainMs: longMs }), "lost", "complete under the old fence");
    await expectUpdate(store.complete(again, { retainMs: longMs }), "ok", "complete under the new fence");
  },

  "claim: the process's clock does not end a lease": async ({ store, peer }) => {
    const key = newKey();
    await hold(store, key, { leaseMs: 60_000 });
    const realNow = Date.now;
    Date.now = () => realNow() + 600_000;
    try {
      await expectInFlight(peer, key);
    } finally {
      Date.now = realNow;
    }
  },
};
