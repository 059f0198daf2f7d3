import { deepEqual, equal, ok } from "node:assert/strict";
import type { ClaimOptions, ClaimResult, Store } from "@latchhook/core";
import type { CaseTable } from "../define-case.ts";
import { claimOptions } from "../inbox-trial.ts";
import { expectCompleted, expectInFlight, expectUpdate, hold, longMs, newKey, newOwner } from "../trial.ts";

const takers = 64;

/** A delivery that is done, and is to run again. */
export const reopenCases: CaseTable = {
  "reopen: what is completed is claimed under a higher fence, and its old holder fenced off": async (
    trial,
  ) => {
    const { store, peer } = trial;
    const first = await hold(store, newKey());
    const { key } = first;
    await expectUpdate(store.complete(first, { retainMs: longMs }), "ok", "complete");
    const owner = newOwner();
    const result = await reopen(peer, key, claimOptions(owner));
    ok(result.state === "claimed");
    ok(result.fence > first.fence, `the fence should grow: ${first.fence}, then ${result.fence}`);
    deepEqual([result.takeover, result.attempt >= 1], [false, true]);
    await expectInFlight(store, key);
    await expectUpdate(store.complete(first, { retainMs: longMs }), "lost", "complete by the old holder");
    await expectUpdate(store.fail(first), "lost", "fail by the old holder");
    const again = { key, owner, fence: result.fence };
    await expectUpdate(store.extend(again, longMs), "ok", "extend");
    await expectUpdate(store.complete(again, { retainMs: longMs }), "ok", "complete");
    await expectCompleted(peer, key);
    await expectUpdate(store.complete(first, { retainMs: longMs }), "lost", "complete by the old holder");
  },

  "reopen: what is not completed is claimed as claim does": async (trial) => {
    const { store } = trial;
    const fresh = await reopen(store, newKey(), claimOptions(newOwner()));
    ok(fresh.state === "claimed");
    deepEqual([fresh.attempt, fresh.takeover], [1, false]);
    const held = await hold(store, newKey());
    equal((await reopen(trial.peer, held.key, claimOptions(newOwner()))).state, "in-flight");
    await expectUpdate(store.extend(held, longMs), "ok", "extend by the holder");
    await expectUpdate(store.fail(held), "ok", "fail");
    const failed = await reopen(store, held.key, claimOptions(newOwner()));
    ok(failed.state === "claimed");
    deepEqual([failed.attempt, failed.takeover], [2, false]);
    const lapsing = await hold(store, newKey(), { leaseMs: trial.shortMs });
    await trial.passShort();
    const taken = await reopen(store, lapsing.key, claimOptions(newOwner()));
    ok(taken.state === "claimed");
    deepEqual([taken.attempt, taken.takeover], [2, true]);
  },

  "reopen: its owner may repeat it": async (trial) => {
    const first = await hold(trial.store, newKey());
    await trial.store.complete(first, { retainMs: longMs });
    const options = claimOptions(newOwner());
    const results = [];
    for (const any of [trial.store, trial.peer]) results.push(await reopen(any, first.key, options));
    const [one, other] = results;
    ok(one?.state === "claimed" && other?.state === "claimed");
    equal(one.fence, other.fence);
  },

  "reopen: what fails can be claimed again, and is then done": async (trial) => {
    const { store } = trial;
    const first = await hold(store, newKey());
    await store.complete(first, { retainMs: longMs });
    const owner = newOwner();
    const result = await reopen(store, first.key, claimOptions(owner));
    ok(result.state === "claimed");
    await expectUpdate(store.fail({ ...first, owner, fence: result.fence }), "ok", "fail");
    const next = await hold(store, first.key);
    ok(next.fence > result.fence);
    await expectUpdate(store.complete(next, { retainMs: longMs }), "ok", "complete");
    await expectCompleted(store, first.key);
  },

  "reopen: of 64 takers one wins": async ({ store, stores }) => {
    const first = await hold(store, newKey());
    await store.complete(first, { retainMs: longMs });
    const results = await Promise.all(
      Array.from({ length: takers }, (_, index) =>
        reopen(stores[index % stores.length] as typeof store, first.key, claimOptions(newOwner())),
      ),
    );
    equal(results.filter(({ state }) => state === "claimed").length, 1);
    equal(results.filter(({ state }) => state === "in-flight").length, takers - 1);
  },
};

async function reopen<Transaction>(
  store: Store<Transaction>,
  key: string,
  options: ClaimOptions,
): Promise<ClaimResult> {
  ok(store.reopen, "a store with an inbox has `reopen`");
  return store.reopen(key, options);
}
