import { deepEqual, equal } from "node:assert/strict";
import type { CaseTable } from "../define-case.ts";
import { bytes, done, inboxTrial, outcomeCount } from "../inbox-trial.ts";
import { expectUpdate, hold, longMs, newKey } from "../trial.ts";

/** What became of a delivery, and what does not change it. */
export const inboxStateCases: CaseTable = {
  "inbox: a failure is dead once the sender gives up": async (trial) => {
    const { failed, stateOf, now, list } = inboxTrial(trial);
    const alive = await failed({ delivery: { deadAt: now() + longMs } });
    const dead = await failed({ delivery: { deadAt: now() - 1 } });
    const dying = await failed({ delivery: { deadAt: now() + trial.shortMs } });
    await trial.passShort();
    deepEqual(await Promise.all([alive, dead, dying].map(stateOf)), ["failed", "dead", "dead"]);
    deepEqual(await list({ state: "dead" }), [dying, dead]);
    deepEqual(await list({ state: "failed" }), [alive]);
  },

  "inbox: a delivery is running while a claim of it stands": async (trial) => {
    const { failed, stateOf, list } = inboxTrial(trial);
    const key = await failed();
    const lapsing = await failed();
    const held = await hold(trial.peer, key);
    await hold(trial.peer, lapsing, { leaseMs: trial.shortMs });
    equal(await stateOf(key), "running");
    await trial.passShort();
    deepEqual(await list({ state: "running" }), [key]);
    deepEqual([await stateOf(key), await stateOf(lapsing)], ["running", "failed"]);
    await expectUpdate(trial.store.fail(held), "ok", "fail");
    equal(await stateOf(key), "failed");
  },

  "inbox: a late success of a dead delivery is done": async (trial) => {
    const { failed, complete, stateOf, now } = inboxTrial(trial);
    const key = await failed({ delivery: { deadAt: now() - 1 } });
    await complete(key);
    equal(await stateOf(key), "done");
  },

  "inbox: dismiss is for what failed or is dead, and only until it fails again": async (trial) => {
    const { inbox, failed, fail, complete, stateOf, now } = inboxTrial(trial);
    const key = await failed();
    const dead = await failed({ delivery: { deadAt: now() - 1 } });
    equal(await inbox.dismiss(key), true);
    equal(await inbox.dismiss(dead), true);
    deepEqual([await stateOf(key), await stateOf(dead)], ["dismissed", "dismissed"]);
    equal(await inbox.dismiss(key), false, "it is dismissed");
    equal(await inbox.dismiss(newKey()), false, "there is none");
    await fail(key);
    equal(await stateOf(key), "failed");
    await complete(key);
    equal(await inbox.dismiss(key), false, "it is done");
    equal(await stateOf(key), "done");
  },

  "inbox: a note of a new delivery makes a row": async (trial) => {
    const { inbox, record, find } = inboxTrial(trial);
    const [failed, duplicate] = [newKey(), newKey()];
    await inbox.note(
      [
        record(failed, { attempt: { outcome: "lease-lost", status: 503 }, body: bytes("kept") }),
        record(duplicate, done({ attempt: { outcome: "duplicate" }, body: "keep" })),
      ],
      [],
    );
    const first = await find(failed);
    deepEqual([first.delivery.state, first.delivery.error], ["failed", "no such table"]);
    equal(first.body && new TextDecoder().decode(first.body), "kept");
    const second = await find(duplicate);
    deepEqual([second.delivery.state, second.attempts.length, second.body], ["done", 1, null]);
  },

  "inbox: a note of a delivery that is there changes neither state nor error nor body": async (trial) => {
    const { inbox, record, failed, complete, find } = inboxTrial(trial);
    const failure = await failed({ body: bytes("kept") });
    const success = newKey();
    await complete(success);
    const dismissed = await failed();
    await inbox.dismiss(dismissed);
    await inbox.note(
      [
        record(failure, done({ attempt: { outcome: "duplicate" } })),
        record(success, { attempt: { outcome: "in-flight", status: 503 }, body: bytes("other") }),
        record(success, { attempt: { outcome: "in-flight", status: 503 } }),
        record(dismissed, { attempt: { outcome: "in-flight", status: 503, error: "other" } }),
      ],
      [],
    );
    const one = await find(failure);
    deepEqual([one.delivery.state, one.delivery.error], ["failed", "no such table"]);
    equal(one.body && new TextDecoder().decode(one.body), "kept");
    deepEqual([one.delivery.lastOutcome, one.delivery.requests, one.delivery.runs], ["duplicate", 2, 1]);
    const other = await find(success);
    deepEqual([other.delivery.state, other.delivery.error, other.body], ["done", null, null]);
    deepEqual([other.delivery.requests, other.delivery.lastStatus, other.attempts.length], [3, 503, 3]);
    const third = await find(dismissed);
    deepEqual([third.delivery.state, third.delivery.error], ["dismissed", "no such table"]);
  },

  "inbox: of many attempts the last 200 are kept, and all are counted": async (trial) => {
    const { inbox, record, find, now } = inboxTrial(trial);
    const key = newKey();
    const at = now();
    const noted = Array.from({ length: 230 }, (_, index) =>
      record(key, done({ attempt: { outcome: "duplicate", at: at + index } })),
    );
    for (let start = 0; start < noted.length; start += 100) {
      await inbox.note(noted.slice(start, start + 100), []);
    }
    const { delivery, attempts } = await find(key);
    equal(delivery.requests, 230);
    deepEqual(
      attempts.map((attempt) => attempt.at - at),
      Array.from({ length: 200 }, (_, index) => index + 30),
    );
  },

  "inbox: counts are added up, and read by their minute": async (trial) => {
    const { inbox } = inboxTrial(trial);
    const minute = outcomeCount().minute;
    const refused = {
      outcome: "unauthentic",
      reason: "signature-mismatch",
      bucketMs: 0,
      secretIndex: -1,
    } as const;
    await inbox.note(
      [],
      [outcomeCount(), outcomeCount({ bucketMs: 10 }), outcomeCount({ count: 2, ...refused })],
    );
    await trial.peer.inbox?.note([], [outcomeCount({ count: 4 }), outcomeCount({ count: 5, ...refused })]);
    await inbox.note([], [outcomeCount({ minute: minute - 60_000 }), outcomeCount({ scope: "two" })]);
    const counts = await inbox.counts(minute);
    deepEqual(
      new Set(counts.map((count) => JSON.stringify(count, Object.keys(outcomeCount()).sort()))),
      new Set(
        [
          outcomeCount({ count: 5 }),
          outcomeCount({ bucketMs: 10 }),
          outcomeCount({ count: 7, ...refused }),
          outcomeCount({ scope: "two" }),
        ].map((count) => JSON.stringify(count, Object.keys(outcomeCount()).sort())),
      ),
    );
    equal((await inbox.counts(minute - 60_000)).length, 5);
    deepEqual(await inbox.counts(minute + 1), []);
  },
};
