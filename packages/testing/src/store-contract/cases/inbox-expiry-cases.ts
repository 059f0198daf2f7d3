import { deepEqual, equal, ok } from "node:assert/strict";
import type { Store } from "@latchhook/core";
import type { CaseTable } from "../define-case.ts";
import { bytes, inboxTrial } from "../inbox-trial.ts";
import { expectCompleted, longMs, newKey } from "../trial.ts";

/** How what is kept goes again. */
export const inboxExpiryCases: CaseTable = {
  "inbox: purge removes a body that is over, and leaves the rest": async (trial) => {
    const { failed, find } = inboxTrial(trial);
    const brief = await failed({ body: bytes("brief"), bodyRetainMs: trial.shortMs });
    const kept = await failed({ body: bytes("kept") });
    await trial.passShort();
    await purgeAll(trial.store);
    const { delivery, body, attempts } = await find(brief);
    deepEqual([delivery.hasBody, delivery.bodyUntil, body, attempts.length], [false, null, null, 1]);
    ok((await find(kept)).body);
  },

  "inbox: purge removes a delivery that is over with all of it": async (trial) => {
    const { inbox, failed, find, list } = inboxTrial(trial);
    const brief = await failed({ body: bytes("brief"), retainMs: trial.shortMs });
    const kept = await failed();
    await trial.passShort();
    await purgeAll(trial.store);
    equal(await inbox.find(brief), null);
    deepEqual(await list(), [kept]);
    equal((await find(kept)).attempts.length, 1);
  },

  "inbox: every attempt moves the end, and what begins anew is a new row": async (trial) => {
    const { inbox, failed, fail, record, find } = inboxTrial(trial);
    const key = await failed({ retainMs: trial.shortMs });
    const noted = await failed({ retainMs: trial.shortMs });
    const gone = await failed({ retainMs: trial.shortMs });
    const { sequence } = (await find(gone)).delivery;
    await fail(key, { retainMs: longMs });
    await inbox.note([record(noted)], []);
    await trial.passShort();
    await purgeAll(trial.store);
    equal((await find(key)).attempts.length, 2);
    equal((await find(noted)).attempts.length, 2);
    equal(await inbox.find(gone), null);
    await fail(gone);
    const { delivery, attempts } = await find(gone);
    deepEqual([delivery.requests, attempts.length], [1, 1]);
    ok(delivery.sequence > sequence, "a sequence never comes again");
  },

  "inbox: purge of what is kept forgets no claim, and the reverse": async (trial) => {
    const { inbox, complete } = inboxTrial(trial);
    const key = newKey();
    await complete(key, { retainMs: trial.shortMs });
    await trial.passShort();
    await purgeAll(trial.store);
    equal(await inbox.find(key), null);
    await expectCompleted(trial.peer, key);
  },

  "inbox: a body is dropped for the asking, once": async (trial) => {
    const { inbox, failed, find } = inboxTrial(trial);
    const key = await failed({ body: bytes("kept") });
    equal(await inbox.dropBody(key), true);
    equal(await inbox.dropBody(key), false);
    const { delivery, body } = await find(key);
    deepEqual([delivery.hasBody, delivery.bodyUntil, delivery.state, body], [false, null, "failed", null]);
  },
};

/** Purges until nothing is left to remove. */
async function purgeAll<Transaction>(store: Store<Transaction>): Promise<void> {
  for (let round = 0; round < 100; round++) {
    if ((await store.purge(100)) === 0) return;
  }
  throw new Error("purge never answers 0.");
}
