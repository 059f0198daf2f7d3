import { deepEqual, equal, ok } from "node:assert/strict";
import type { CaseTable } from "../define-case.ts";
import { bytes, completeWith, done, inboxTrial } from "../inbox-trial.ts";
import { expectUpdate, hold, longMs, newKey, newOwner } from "../trial.ts";

/** What is written to the inbox, and at which moment. */
export const inboxWritingCases: CaseTable = {
  "inbox: a claim writes nothing": async (trial) => {
    const { inbox } = inboxTrial(trial);
    const { key } = await hold(trial.store, newKey());
    equal(await inbox.find(key), null);
    deepEqual(await inbox.list({ limit: 10 }), []);
  },

  "inbox: fail writes the delivery, its attempt and its body": async (trial) => {
    const { record, fail, find } = inboxTrial(trial);
    const key = newKey();
    const changes = {
      delivery: { headers: '[["user-agent","acme"]]', scope: "one", secretIndex: 1 },
      body: bytes("body"),
    };
    const { delivery, attempt } = record(key, changes);
    await fail(key, { ...changes, attempt, delivery });
    const entry = await find(key);
    const { headers, ...facts } = delivery;
    const { sequence, expiresAt, bodyUntil, ...kept } = entry.delivery;
    ok(Number.isSafeInteger(sequence) && expiresAt > 0 && (bodyUntil ?? 0) > 0);
    deepEqual(kept, {
      ...facts,
      ...{ state: "failed", requests: 1, runs: 1, replays: 0, hasBody: true, senderAttempt: 1 },
      ...{ lastOutcome: "persist-failed", lastStatus: 500, lastDurationMs: 7 },
      ...{ errorName: "TypeError", error: "no such table", errorFrame: "/app/save.ts:3:9" },
      ...{ receivedAt: attempt.at, lastAt: attempt.at },
    });
    deepEqual(entry.attempts, [attempt]);
    equal(entry.headers, headers);
    deepEqual(entry.body && new Uint8Array(entry.body), bytes("body"));
  },

  "inbox: complete writes it too, without a body": async (trial) => {
    const { complete, find } = inboxTrial(trial);
    const key = newKey();
    await complete(key);
    const { delivery, attempts, body } = await find(key);
    deepEqual([delivery.state, delivery.hasBody, delivery.bodyUntil, body], ["done", false, null, null]);
    deepEqual([delivery.requests, delivery.runs, attempts.length], [1, 1, 1]);
  },

  "inbox: what has no value stays without one": async (trial) => {
    const { fail, find } = inboxTrial(trial);
    const key = newKey();
    const nothing = { jobId: null, jobStatus: null, secretIndex: null, maxAttempts: null, known: false };
    await fail(key, {
      delivery: nothing,
      attempt: { claimAttempt: null, senderAttempt: null, errorName: null, error: null, errorFrame: null },
    });
    const { delivery, attempts } = await find(key);
    const { jobId, jobStatus, secretIndex, maxAttempts, known } = delivery;
    deepEqual({ jobId, jobStatus, secretIndex, maxAttempts, known }, nothing);
    const [attempt] = attempts;
    deepEqual([attempt?.claimAttempt, attempt?.senderAttempt, attempt?.error], [null, null, null]);
    deepEqual([delivery.senderAttempt, delivery.error], [null, null]);
  },

  "inbox: a claim that is lost writes nothing": async (trial) => {
    const { store, peer } = trial;
    const { inbox, record } = inboxTrial(trial);
    const stale = await hold(store, newKey(), { leaseMs: trial.shortMs });
    await trial.passShort();
    const current = await hold(peer, stale.key);
    for (const lost of [stale, { ...current, owner: newOwner() }, { ...current, fence: current.fence + 1 }]) {
      await expectUpdate(store.fail(lost, { record: () => record(lost.key) }), "lost", "fail");
      equal(await completeWith(store, lost, record(lost.key, done())), "lost");
    }
    equal(await inbox.find(stale.key), null);
    equal(await completeWith(store, current, record(current.key, done())), "ok");
    equal((await inbox.find(stale.key))?.attempts.length, 1);
  },

  "inbox: fail and complete that are repeated write one attempt each": async (trial) => {
    const { store, peer } = trial;
    const { record, find } = inboxTrial(trial);
    const first = await hold(store, newKey());
    const { key } = first;
    for (const any of [store, peer, store]) {
      await expectUpdate(any.fail(first, { record: () => record(key) }), "ok", "fail");
    }
    equal((await find(key)).attempts.length, 1);
    const second = await hold(store, key);
    for (const any of [store, peer, store]) equal(await completeWith(any, second, record(key, done())), "ok");
    equal((await find(key)).attempts.length, 2);
    equal((await find(key)).delivery.requests, 2);
  },

  "inbox: what is marked without a record is not written": async (trial) => {
    const { store } = trial;
    const { inbox } = inboxTrial(trial);
    const held = await hold(store, newKey());
    await expectUpdate(store.fail(held), "ok", "fail");
    const again = await hold(store, held.key);
    await expectUpdate(store.complete(again, { retainMs: longMs }), "ok", "complete");
    equal(await inbox.find(held.key), null);
  },

  "inbox: what the first attempt said stands, but for what can change": async (trial) => {
    const { fail, find, now } = inboxTrial(trial);
    const key = newKey();
    const deadAt = now() + longMs;
    await fail(key, { delivery: { deadAt, jobStatus: "processing", headers: '[["a","1"]]' } });
    const first = await find(key);
    await fail(key, {
      delivery: { deadAt: deadAt - 1_000, jobStatus: "failed", type: "other", headers: '[["a","2"]]' },
      attempt: { at: now() + 5, errorName: "Error", error: "another", errorFrame: null, senderAttempt: 2 },
    });
    await fail(key, {
      delivery: { deadAt: deadAt + 1_000, jobStatus: "failed" },
      attempt: { errorName: "Error", error: "another", errorFrame: null, senderAttempt: 2, at: now() + 5 },
    });
    const { delivery, headers, attempts } = await find(key);
    deepEqual([delivery.type, headers], ["video.completed", '[["a","1"]]']);
    deepEqual([delivery.sequence, delivery.receivedAt], [first.delivery.sequence, first.delivery.receivedAt]);
    deepEqual([delivery.jobStatus, delivery.deadAt, delivery.senderAttempt], ["failed", deadAt - 1_000, 2]);
    deepEqual([delivery.errorName, delivery.error, delivery.errorFrame], ["Error", "another", null]);
    deepEqual([attempts.length, delivery.requests, delivery.lastAt], [3, 3, attempts.at(-1)?.at]);
  },

  "inbox: a success clears the error": async (trial) => {
    const { fail, complete, find } = inboxTrial(trial);
    const key = newKey();
    await fail(key);
    await complete(key);
    const { delivery, attempts } = await find(key);
    deepEqual([delivery.errorName, delivery.error, delivery.errorFrame], [null, null, null]);
    deepEqual(
      attempts.map(({ error }) => error),
      ["no such table", null],
    );
  },

  "inbox: a body is kept, replaced, kept on, and dropped": async (trial) => {
    const { fail, complete, find } = inboxTrial(trial);
    const key = newKey();
    const text = async (): Promise<string | null> => {
      const { body, delivery } = await find(key);
      equal(delivery.hasBody, body !== null);
      equal(delivery.bodyUntil !== null, body !== null);
      return body && new TextDecoder().decode(body);
    };
    await fail(key, { body: "keep" });
    equal(await text(), null, "there is none to keep");
    await fail(key, { body: bytes("first") });
    equal(await text(), "first");
    await fail(key, { body: bytes("") });
    equal(await text(), "", "an empty body is one");
    await fail(key, { body: bytes("second") });
    await fail(key, { body: "keep" });
    equal(await text(), "second");
    await complete(key, { body: "drop" });
    equal(await text(), null);
  },

  "inbox: bytes of any kind and size come back as they were": async (trial) => {
    const { fail, find } = inboxTrial(trial);
    const key = newKey();
    const body = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7 + (index >> 8)) & 255);
    await fail(key, { body });
    const kept = (await find(key)).body;
    ok(kept);
    equal(Buffer.compare(kept, body), 0);
  },

  "inbox: requests, replays and late ends are counted as what they are": async (trial) => {
    const { fail, complete, find } = inboxTrial(trial);
    const key = newKey();
    await fail(key, { attempt: { outcome: "lease-lost", status: 503 } });
    await fail(key, { attempt: { source: "replay", actor: "ops" } });
    await fail(key, { attempt: { source: "reconcile" } });
    await complete(key, { attempt: { late: true, status: 503 } });
    const { delivery, attempts } = await find(key);
    deepEqual([delivery.requests, delivery.replays, delivery.runs], [1, 1, 3]);
    deepEqual([delivery.lastOutcome, delivery.lastStatus], ["processed", 503]);
    deepEqual(
      attempts.map(({ source, actor, late }) => [source, actor, late]),
      [
        ["http", null, false],
        ["replay", "ops", false],
        ["reconcile", null, false],
        ["http", null, true],
      ],
    );
  },
};

/** The one case of a store that has no inbox. */
export const noInboxCases: CaseTable = {
  "inbox: a store without it has no such member (else give the suite `inbox`)": async ({ store }) => {
    equal(store.inbox, undefined);
  },
};
