import { equal, ok } from "node:assert/strict";
import type { ClaimResult, Store } from "@latchhook/core";
import type { CaseTable } from "../define-case.ts";
import { claim, expectCompleted, expectUpdate, hold, longMs, newKey, newOwner } from "../trial.ts";

const takers = 64;

/** Many callers at once, over all the stores that the case has. */
export const raceCases: CaseTable = {
  "race: 64 claims of a new key have one winner": async ({ stores }) => {
    const winner = await raceFor(stores, newKey());
    equal(winner.attempt, 1);
    equal(winner.takeover, false);
  },

  "race: 64 takers of an expired lease have one winner": async (trial) => {
    const key = newKey();
    const first = await hold(trial.store, key, { leaseMs: trial.shortMs });
    await trial.passShort();
    const winner = await raceFor(trial.stores, key);
    equal(winner.attempt, 2);
    equal(winner.takeover, true);
    ok(winner.fence > first.fence);
    await expectUpdate(
      trial.store.complete(first, { retainMs: longMs }),
      "lost",
      "complete by the old holder",
    );
  },

  "race: 64 takers of a failed delivery have one winner": async ({ store, stores }) => {
    const first = await hold(store, newKey());
    await expectUpdate(store.fail(first), "ok", "fail");
    const winner = await raceFor(stores, first.key);
    equal(winner.attempt, 2);
    equal(winner.takeover, false);
    ok(winner.fence > first.fence);
  },

  "race: 64 claims of 64 keys all win": async ({ stores }) => {
    const results = await Promise.all(forTakers((index) => claim(storeFor(stores, index), newKey())));
    for (const result of results) equal(result.state, "claimed");
  },

  "race: a late complete and 64 takers agree on who holds the claim": async (trial) => {
    const { store, stores } = trial;
    const first = await hold(store, newKey(), { leaseMs: trial.shortMs });
    await trial.passShort();
    const [completed, ...results] = await Promise.all([
      store.complete(first, { retainMs: longMs }),
      ...forTakers((index) => claim(storeFor(stores, index), first.key)),
    ]);
    const winners = results.filter(({ state }) => state === "claimed").length;
    equal(winners, completed === "ok" ? 0 : 1, `complete answered ${completed}, and ${winners} takers won`);
    if (completed === "ok") await expectCompleted(store, first.key);
  },

  "race: 64 repeats of one owner's claim are one claim": async ({ stores, store }) => {
    const key = newKey();
    const owner = newOwner();
    const held = await Promise.all(forTakers((index) => hold(storeFor(stores, index), key, { owner })));
    const [first] = held;
    ok(first);
    for (const one of held) equal(one.fence, first.fence);
    await expectUpdate(store.complete(first, { retainMs: longMs }), "ok", "complete");
  },
};

/** Lets all takers claim `key` at once, and requires that one wins and the rest learn that it is in flight. */
async function raceFor<Transaction>(
  stores: readonly Store<Transaction>[],
  key: string,
): Promise<ClaimResult & { state: "claimed" }> {
  const results = await Promise.all(forTakers((index) => claim(storeFor(stores, index), key)));
  const winners = results.filter((result) => result.state === "claimed");
  equal(winners.length, 1, `of ${takers} claims, ${winners.length} won`);
  equal(results.filter(({ state }) => state === "in-flight").length, takers - 1);
  return winners[0] as ClaimResult & { state: "claimed" };
}

function forTakers<Result>(start: (index: number) => Result): readonly Result[] {
  return Array.from({ length: takers }, (_, index) => start(index));
}

function storeFor<Transaction>(stores: readonly Store<Transaction>[], index: number): Store<Transaction> {
  return stores[index % stores.length] as Store<Transaction>;
}
