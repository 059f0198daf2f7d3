import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { CaseTable } from "../define-case.ts";
import { done, inboxTrial } from "../inbox-trial.ts";
import { expectInFlight, hold, longMs, newKey, transactionHooks } from "../trial.ts";

/** What `commit` writes to the inbox: with the work and the mark, or not at all. */
export const inboxCommitCases: CaseTable = {
  "inbox: commit writes the record with the work and the mark": async (trial) => {
    const { record, find } = inboxTrial(trial);
    const { write, read } = transactionHooks(trial);
    const held = await hold(trial.store, newKey());
    const options = { retainMs: longMs, record: () => record(held.key, done()) };
    equal(await trial.store.commit?.(held, options, (transaction) => write(transaction, "one")), "ok");
    deepEqual(await read(trial.fixture), ["one"]);
    const { delivery, attempts } = await find(held.key);
    deepEqual([delivery.state, attempts.length], ["done", 1]);
    equal(await trial.store.commit?.(held, options, (transaction) => write(transaction, "two")), "ok");
    equal((await find(held.key)).attempts.length, 1, "repeated it writes nothing more");
  },

  "inbox: a commit that fails, or is lost, leaves nothing": async (trial) => {
    const { inbox, record } = inboxTrial(trial);
    const { write, read } = transactionHooks(trial);
    const { store } = trial;
    ok(store.commit);
    const held = await hold(store, newKey());
    const options = { retainMs: longMs, record: () => record(held.key, done()) };
    const broken = new Error("the work failed");
    await rejects(
      async () =>
        store.commit?.(held, options, () => {
          throw broken;
        }),
      broken,
    );
    equal(await inbox.find(held.key), null);
    const stale = { ...held, fence: held.fence + 1 };
    equal(await store.commit(stale, options, (transaction) => write(transaction, "stale")), "lost");
    equal(await inbox.find(held.key), null);
    deepEqual(await read(trial.fixture), []);
    await expectInFlight(trial.peer, held.key);
  },
};
