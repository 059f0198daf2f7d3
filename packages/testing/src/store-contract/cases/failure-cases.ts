import { equal, ok, rejects } from "node:assert/strict";
import type { CaseTable } from "../define-case.ts";
import type { StoreFixture } from "../options.ts";
import {
  claim,
  expectCompleted,
  expectInFlight,
  expectUpdate,
  hold,
  longMs,
  newKey,
  type Trial,
} from "../trial.ts";

/** What a store does when its database refuses writes. Listed where the suite is given `block`. */
export const blockedCases: CaseTable = {
  "blocked: a claim that cannot be written rejects, and the next one is for its own key": async (trial) => {
    const blockedKey = newKey();
    const nextKey = newKey();
    await hold(trial.store, newKey());
    await whileBlocked(trial, async () => {
      await rejects(
        async () => claim(trial.store, blockedKey),
        "a claim that was not written must not be answered",
      );
    });
    const next = await hold(trial.store, nextKey);
    equal(next.attempt, 1);
    await expectInFlight(trial.store, nextKey);
    equal((await hold(trial.store, blockedKey)).attempt, 1, "the blocked claim left nothing behind");
  },

  "blocked: extend, complete and fail reject, and work afterwards": async (trial) => {
    const { store } = trial;
    const first = await hold(store, newKey());
    const second = await hold(store, newKey());
    await whileBlocked(trial, async () => {
      await Promise.all([
        rejects(async () => store.extend(first, longMs), "extend was not written"),
        rejects(async () => store.complete(first, { retainMs: longMs }), "complete was not written"),
        rejects(async () => store.fail(first), "fail was not written"),
      ]);
    });
    await expectUpdate(store.complete(second, { retainMs: longMs }), "ok", "complete another key");
    await expectInFlight(store, first.key);
    await expectUpdate(store.complete(first, { retainMs: longMs }), "ok", "complete the first key");
    await expectCompleted(store, first.key);
  },
};

/** How a store ends. */
export const closeCases: CaseTable = {
  "close: it may be called twice, and on a store that was never used": async ({ store }) => {
    await store.close();
    await store.close();
  },

  "close: operations on a closed store reject": async ({ store }) => {
    const held = await hold(store, newKey());
    await store.close();
    await rejects(async () => claim(store, newKey()));
    await rejects(async () => store.complete(held, { retainMs: longMs }));
    await rejects(async () => store.purge(1));
  },
};

async function whileBlocked<Transaction, Fixture extends StoreFixture<Transaction>>(
  { options, fixture }: Trial<Transaction, Fixture>,
  body: () => Promise<void>,
): Promise<void> {
  ok(options.block);
  const release = await options.block(fixture);
  try {
    await body();
  } finally {
    await release();
  }
}
