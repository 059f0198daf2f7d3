import { deepEqual, equal, fail, ok } from "node:assert/strict";
import type { Claim, ClaimUpdate } from "@latchhook/core";
import type { CaseTable } from "../define-case.ts";
import type { StoreFixture, TransactionHooks } from "../options.ts";
import {
  expectCompleted,
  expectInFlight,
  expectUpdate,
  hold,
  longMs,
  newKey,
  newOwner,
  type Trial,
  transactionHooks,
} from "../trial.ts";

const retain = { retainMs: longMs };

/** What `commit` promises: the work and the mark are one, or neither is there. */
export const commitCases: CaseTable = {
  "commit: the work and the mark are there together": async (trial) => {
    const { write, commit, written } = committer(trial);
    const held = await hold(trial.store, newKey());
    equal(await commit(held, (transaction) => write(transaction, "one")), "ok");
    deepEqual(await written(), ["one"]);
    await expectCompleted(trial.peer, held.key);
    await expectUpdate(trial.store.fail(held), "lost", "fail after commit");
  },

  "commit: what the work throws comes out unchanged, and nothing stays": async (trial) => {
    const { write, commit, written } = committer(trial);
    for (const thrown of [new TypeError("the work failed"), "a string", undefined, null]) {
      const held = await hold(trial.store, newKey());
      const outcome = await settle(() =>
        commit(held, (transaction) =>
          after(write(transaction, "never"), () => {
            throw thrown;
          }),
        ),
      );
      deepEqual(outcome, { threw: thrown });
      if (outcome.threw !== thrown) fail("the error itself should come out, not a copy");
      deepEqual(await written(), []);
      await expectInFlight(trial.peer, held.key);
      await expectUpdate(trial.store.fail(held), "ok", "the claim is still held");
    }
  },

  "commit: a lost claim rolls the work back": async (trial) => {
    const { write, commit, written } = committer(trial);
    const stale = await hold(trial.store, newKey(), { leaseMs: trial.shortMs });
    await trial.passShort();
    const current = await hold(trial.peer, stale.key);
    equal(await commit(stale, (transaction) => write(transaction, "stale")), "lost");
    equal(
      await commit({ ...current, owner: newOwner() }, (transaction) => write(transaction, "stray")),
      "lost",
    );
    equal(
      await commit({ ...current, fence: current.fence + 1 }, (transaction) => write(transaction, "stray")),
      "lost",
    );
    equal(await commit({ ...current, key: newKey() }, (transaction) => write(transaction, "stray")), "lost");
    deepEqual(await written(), []);
    await expectInFlight(trial.store, stale.key);
    equal(await commit(current, (transaction) => write(transaction, "current")), "ok");
    deepEqual(await written(), ["current"]);
  },

  "commit: a claim whose lease ran out commits, while nobody took over": async (trial) => {
    const { write, commit, written } = committer(trial);
    const held = await hold(trial.store, newKey(), { leaseMs: trial.shortMs });
    await trial.passShort();
    equal(await commit(held, (transaction) => write(transaction, "late")), "ok");
    deepEqual(await written(), ["late"]);
  },

  "commit: repeated by its owner it is ok, and the work is there once": async (trial) => {
    const { write, commit, written } = committer(trial);
    const held = await hold(trial.store, newKey());
    equal(await commit(held, (transaction) => write(transaction, "once")), "ok");
    equal(await commit(held, (transaction) => write(transaction, "once")), "ok");
    deepEqual(await written(), ["once"]);
  },

  "commit: work after a failed one can still commit": async (trial) => {
    const { write, commit, written } = committer(trial);
    const held = await hold(trial.store, newKey());
    const broken = new Error("the first try failed");
    const outcome = await settle(() =>
      commit(held, (transaction) =>
        after(write(transaction, "first"), () => {
          throw broken;
        }),
      ),
    );
    equal(outcome.threw, broken);
    equal(await commit(held, (transaction) => write(transaction, "second")), "ok");
    deepEqual(await written(), ["second"]);
  },

  "commit: sixteen at once all commit": async (trial) => {
    const { write, commit, written } = committer(trial);
    const held = await Promise.all(Array.from({ length: 16 }, () => hold(trial.store, newKey())));
    const answers = await Promise.all(
      held.map((one) => commit(one, (transaction) => write(transaction, one.key))),
    );
    deepEqual(new Set(answers), new Set(["ok"]));
    deepEqual([...(await written())].sort(), held.map(({ key }) => key).sort());
  },

  "commit: asynchronous work is awaited, or refused and rolled back": async (trial) => {
    const { write, commit, written } = committer(trial);
    const held = await hold(trial.store, newKey());
    const outcome = await settle(() =>
      commit(held, async (transaction) => {
        await write(transaction, "asynchronous");
        await Promise.resolve();
      }),
    );
    if (transactionHooks(trial).synchronous === true) {
      equal((outcome.threw as { code?: unknown } | undefined)?.code, "commit-misused");
      deepEqual(await written(), []);
      await expectUpdate(trial.store.fail(held), "ok", "the claim is still held");
    } else {
      deepEqual(outcome, { answered: "ok" });
      deepEqual(await written(), ["asynchronous"]);
    }
  },
};

/** The one case of a store that has no `commit`. */
export const noCommitCases: CaseTable = {
  "commit: a store without it has no such method (else give the suite `transaction`)": async ({ store }) => {
    equal(store.commit, undefined);
  },
};

interface Committer<Transaction> {
  readonly write: TransactionHooks<Transaction, never>["write"];
  readonly commit: (claim: Claim, work: (transaction: Transaction) => unknown) => Promise<ClaimUpdate>;
  readonly written: () => Promise<readonly string[]>;
}

function committer<Transaction, Fixture extends StoreFixture<Transaction>>(
  trial: Trial<Transaction, Fixture>,
): Committer<Transaction> {
  const { write, read } = transactionHooks(trial);
  const { store, fixture } = trial;
  ok(store.commit, "the suite was given `transaction`, so the store needs `commit`");
  return {
    write,
    commit: async (claim, work) => {
      ok(store.commit);
      return store.commit(claim, retain, work);
    },
    written: async () => read(fixture),
  };
}

/** Calls `next` after `value`, and returns a promise only when `value` is one. */
function after(value: unknown, next: () => unknown): unknown {
  return value instanceof Promise ? value.then(next) : next();
}

type Outcome = { readonly answered?: unknown; readonly threw?: unknown };

async function settle(operation: () => PromiseLike<unknown>): Promise<Outcome> {
  try {
    return { answered: await operation() };
  } catch (error) {
    return { threw: error };
  }
}
