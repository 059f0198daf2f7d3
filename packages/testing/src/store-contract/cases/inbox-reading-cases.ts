import { deepEqual, equal, rejects } from "node:assert/strict";
import type { CaseTable } from "../define-case.ts";
import { inboxTrial } from "../inbox-trial.ts";
import { newKey } from "../trial.ts";

/** What people ask of the inbox. */
export const inboxReadingCases: CaseTable = {
  "inbox: pages go by sequence, and skip none of one millisecond": async (trial) => {
    const { failed, list, inbox, now } = inboxTrial(trial);
    const at = now();
    const keys: string[] = [];
    for (let index = 0; index < 23; index++) keys.push(await failed({ attempt: { at } }));
    const pages: string[] = [];
    let before: number | undefined;
    for (let page = 0; page < 6; page++) {
      const rows = await inbox.list({ before, limit: 5 });
      pages.push(...rows.map(({ key }) => key));
      before = rows.at(-1)?.sequence;
    }
    deepEqual(pages, keys.toReversed());
    const [first] = await inbox.list({ limit: 1, after: 0 });
    deepEqual(
      await list({ after: first?.sequence, limit: 4 }),
      keys.slice(1, 5),
      "with after, the oldest first",
    );
    deepEqual(await list({ after: 0 }), keys);
  },

  "inbox: a later attempt does not move a delivery in the list": async (trial) => {
    const { failed, fail, list } = inboxTrial(trial);
    const [first, second] = [await failed(), await failed()];
    await fail(first);
    deepEqual(await list(), [second, first]);
  },

  "inbox: every filter finds its own": async (trial) => {
    const { failed, complete, list, inbox, now } = inboxTrial(trial);
    const at = now();
    await failed({ attempt: { at: at - 5_000 } });
    const odd = await failed({
      delivery: { provider: "other", scope: "tenant", type: "job.failed" },
      attempt: { at, outcome: "lease-lost", error: "a % of_'it\"" },
    });
    const success = newKey();
    await complete(success, { attempt: { at: at + 5_000 } });
    deepEqual(await list({ provider: "other" }), [odd]);
    deepEqual(await list({ scope: "tenant" }), [odd]);
    deepEqual(await list({ type: "job.failed" }), [odd]);
    deepEqual(await list({ outcome: "lease-lost" }), [odd]);
    deepEqual(await list({ error: "a % of_'it\"" }), [odd]);
    deepEqual(await list({ since: at, until: at + 5_000 }), [odd]);
    deepEqual(await list({ since: at }), [success, odd]);
    deepEqual(await list({ state: "done" }), [success]);
    deepEqual(await list({ state: "failed", provider: "other", scope: "tenant", type: "job.failed" }), [odd]);
    deepEqual(await list({ provider: "other", scope: "" }), []);
    deepEqual(await list({ error: "%" }), []);
    equal(await inbox.count({ provider: "other" }, 10), 1);
    equal(await inbox.count({}, 10), 3);
    equal(await inbox.count({}, 2), 2, "counting ends at the limit");
  },

  "inbox: a search finds a key, an event id or a job id, whole": async (trial) => {
    const { failed, list } = inboxTrial(trial);
    await failed();
    const key = await failed({ delivery: { eventId: "evt_1%", jobId: "job_'1" } });
    const bare = await failed({ delivery: { jobId: null } });
    for (const search of [key, "evt_1%", "job_'1"]) deepEqual(await list({ search }), [key], search);
    for (const search of ["evt_", "evt_1", "%", "job__1", key.slice(1), ""])
      deepEqual(await list({ search }), []);
    deepEqual(await list({ search: bare }), [bare]);
    deepEqual(await list({ search: "evt_1%", state: "done" }), []);
  },

  "inbox: texts come back as they were, whatever they hold": async (trial) => {
    const { failed, find, list } = inboxTrial(trial);
    const text = "<script>'\"\\ \u202E\u{1F600} %_; -- ÄÖ";
    const delivery = { eventId: text, type: text, jobId: text, scope: text };
    const key = await failed({ delivery, attempt: { error: text, errorName: text, errorFrame: text } });
    const entry = await find(key);
    const { eventId, type, jobId, scope } = entry.delivery;
    deepEqual({ eventId, type, jobId, scope }, delivery);
    deepEqual([entry.delivery.error, entry.attempts[0]?.error], [text, text]);
    deepEqual(await list({ search: text, scope: text, error: text, type: text }), [key]);
  },

  "inbox: failures are grouped by sender and error, the newest first": async (trial) => {
    const { inbox, failed, complete, now } = inboxTrial(trial);
    const at = now();
    const first = await failed({ attempt: { at } });
    await failed({ delivery: { type: "job.failed", deadAt: at - 1 }, attempt: { at: at + 1 } });
    const newest = await failed({ attempt: { at: at + 2 } });
    const other = await failed({ attempt: { at: at + 9, errorName: null, error: null, errorFrame: null } });
    const scoped = await failed({ delivery: { scope: "two" }, attempt: { at: at + 5 } });
    await complete(newKey());
    const dismissed = await failed({ attempt: { at: at + 20 } });
    await inbox.dismiss(dismissed);
    const groups = await inbox.failures(10);
    deepEqual(
      groups.map(({ newestKey }) => newestKey),
      [other, scoped, newest],
    );
    const group = groups[2];
    deepEqual([...(group?.types ?? [])].sort(), ["job.failed", "video.completed"]);
    deepEqual(
      { ...group, types: [] },
      {
        ...{ provider: "acme", scope: "", errorName: "TypeError", error: "no such table", types: [] },
        ...{ errorFrame: "/app/save.ts:3:9", outcome: "persist-failed", failed: 2, dead: 1 },
        ...{ firstAt: at, lastAt: at + 2, newestKey: newest },
      },
    );
    equal((await inbox.failures(1)).length, 1);
    equal((await inbox.find(first))?.delivery.key, first);
  },

  "inbox: the tally says per sender what has not succeeded": async (trial) => {
    const { inbox, failed, complete, now } = inboxTrial(trial);
    const at = now();
    await failed({ attempt: { at: at + 3 } });
    await failed({ attempt: { at: at + 1 }, delivery: { deadAt: at - 1 } });
    await complete(newKey(), { attempt: { at: at + 7 } });
    await complete(newKey(), { attempt: { at: at + 4 } });
    await complete(newKey(), { attempt: { at: at + 5 }, delivery: { provider: "other" } });
    const tallies = [...(await inbox.tally())].sort((one, other) => (one.provider < other.provider ? -1 : 1));
    deepEqual(tallies, [
      {
        ...{ provider: "acme", scope: "", failed: 1, dead: 1 },
        ...{ oldestFailedAt: at + 1, lastSuccessAt: at + 7 },
      },
      {
        ...{ provider: "other", scope: "", failed: 0, dead: 0 },
        ...{ oldestFailedAt: null, lastSuccessAt: at + 5 },
      },
    ]);
  },

  "inbox: what is not there is found by nobody": async (trial) => {
    const { inbox, list } = inboxTrial(trial);
    equal(await inbox.find(newKey()), null);
    equal(await inbox.dropBody(newKey()), false);
    deepEqual(await list(), []);
    deepEqual(await inbox.failures(5), []);
    deepEqual(await inbox.tally(), []);
    deepEqual(await inbox.counts(0), []);
    equal(await inbox.count({}, 5), 0);
  },

  "inbox: of a closed store it rejects": async (trial) => {
    const { inbox } = inboxTrial(trial);
    await trial.store.close();
    await rejects(async () => inbox.find(newKey()));
    await rejects(async () => inbox.list({ limit: 1 }));
    await rejects(async () => inbox.note([], []));
  },
};
