import { randomBytes, randomUUID } from "node:crypto";
import type { Claim, InboxRecord } from "@latchhook/core";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type SqliteDatabase, type SqliteStore, sqliteStore } from "../../src/sqlite.ts";
import { inboxRecord, type RecordParts } from "../inbox-record.ts";
import { temporaryFiles } from "./temporary-file.ts";

const newPath = temporaryFiles();
const options = { leaseMs: 60_000, retainMs: 600_000 };
const retain = { retainMs: 600_000 };

describe("the inbox in SQLite", () => {
  let store: SqliteStore;
  let database: SqliteDatabase;
  let path: string;

  beforeEach(async () => {
    path = newPath();
    store = sqliteStore({ path, driver: (file) => new Database(file) });
    database = await store.database();
    database.exec("CREATE TABLE effects (text TEXT NOT NULL)");
  });
  afterEach(() => store.close());

  async function hold(key = randomBytes(32).toString("hex"), from = store): Promise<Claim> {
    const owner = randomUUID();
    const result = await from.claim(key, { owner, ...options });
    if (result.state !== "claimed") throw new Error(`The claim should win, not answer ${result.state}.`);
    return { key, owner, fence: result.fence };
  }

  const recordOf =
    ({ key }: Claim, parts: RecordParts = {}): (() => InboxRecord) =>
    () =>
      inboxRecord({ key, ...parts });

  function rowsOf(table: string): number {
    const [row] = database.prepare(`SELECT count(*) AS rows FROM ${table}`).all() as { rows: number }[];
    return Number(row?.rows);
  }

  it("a success is one row, which only another attempt joins by one of its own", async () => {
    const held = await hold();
    expect(await store.complete(held, { ...retain, record: recordOf(held) })).toBe("ok");
    expect(await store.complete(held, { ...retain, record: recordOf(held) })).toBe("ok");
    expect(await store.complete({ ...held, owner: "another" }, { ...retain, record: recordOf(held) })).toBe(
      "lost",
    );
    expect([rowsOf("latchhook_inbox"), rowsOf("latchhook_inbox_attempts")]).toEqual([1, 0]);
    const duplicate = { outcome: "duplicate", status: 200 } as const;
    await store.inbox?.note([inboxRecord({ key: held.key, attempt: duplicate, body: "keep" })], []);
    expect(rowsOf("latchhook_inbox_attempts")).toBe(1);
    const entry = await store.inbox.find(held.key);
    expect(entry?.attempts.map(({ outcome }) => outcome)).toEqual(["processed", "duplicate"]);
    expect(entry?.delivery).toMatchObject({ state: "done", requests: 2, runs: 1, lastOutcome: "duplicate" });
  });

  it("keeps the last 200 attempts, and the body of a failure until it is done", async () => {
    const { key } = inboxRecord().delivery;
    for (let attempt = 1; attempt <= 230; attempt++) {
      const held = await hold(key);
      const parts: RecordParts = { state: "failed", attempt: { claimAttempt: attempt, at: 1_000 + attempt } };
      const record = recordOf(held, parts);
      expect([await store.fail(held, { record }), await store.fail(held, { record })]).toEqual(["ok", "ok"]);
    }
    const failed = await store.inbox.find(key);
    expect(failed?.attempts.map(({ claimAttempt }) => claimAttempt)).toEqual(
      Array.from({ length: 200 }, (_, index) => 31 + index),
    );
    expect(failed?.delivery).toMatchObject({ runs: 230, state: "failed", receivedAt: 1_001, hasBody: true });
    expect(new TextDecoder().decode(failed?.body ?? undefined)).toBe("{}");
    expect(rowsOf("latchhook_inbox_attempts")).toBe(199);
    const held = await hold(key);
    expect((await store.inbox.find(key))?.delivery.state).toBe("running");
    await store.complete(held, { ...retain, record: recordOf(held) });
    expect(await store.inbox.find(key)).toMatchObject({
      body: null,
      delivery: { state: "done", hasBody: false, bodyUntil: null, error: null },
    });
  });

  it("a commit writes its record with the work, or neither", async () => {
    const held = await hold();
    const work = (text: string) => (connection: SqliteDatabase) => {
      connection.prepare("INSERT INTO effects VALUES (?)").run(text);
      if (text === "thrown") throw new Error(text);
    };
    const committed = { ...retain, record: recordOf(held) };
    await expect(store.commit(held, committed, work("thrown"))).rejects.toThrow("thrown");
    expect(await store.commit({ ...held, owner: "another" }, committed, work("lost"))).toBe("lost");
    expect([rowsOf("latchhook_inbox"), rowsOf("effects")]).toEqual([0, 0]);
    expect(await store.commit(held, committed, work("done"))).toBe("ok");
    expect(await store.commit(held, committed, work("again"))).toBe("ok");
    expect([rowsOf("latchhook_inbox"), rowsOf("effects")]).toEqual([1, 1]);
  });

  it("without the inbox deliveries are received, and the inbox says what is missing", async () => {
    database.exec("DROP TABLE latchhook_inbox");
    const started = sqliteStore({ path, driver: (file) => new Database(file) });
    for (const open of [store, started]) {
      const held = await hold(undefined, open);
      expect(await open.complete(held, { ...retain, record: recordOf(held) })).toBe("ok");
      const failing = await hold(undefined, open);
      const record = recordOf(failing, { state: "failed" });
      expect(await open.fail(failing, { record })).toBe("ok");
      const committed = await hold(undefined, open);
      const options = { ...retain, record: recordOf(committed) };
      const work = (connection: SqliteDatabase) =>
        void connection.exec("INSERT INTO effects VALUES ('once')");
      expect(await open.commit(committed, options, work)).toBe("ok");
      expect(await open.reopen(committed.key, { owner: "replay", leaseMs: 1_000, ...retain })).toMatchObject({
        state: "claimed",
        attempt: 2,
      });
      expect(await open.purge(10)).toBe(0);
      const operations = [
        () => open.check(),
        () => open.inbox.note([record()], []),
        () => open.inbox.list({ limit: 1 }),
      ];
      for (const operation of operations) {
        await expect(operation()).rejects.toMatchObject({
          code: "store-misconfigured",
          message: expect.stringContaining("latchhook_inbox"),
        });
      }
    }
    expect(rowsOf("effects")).toBe(2);
    await started.close();
  });

  it("purge removes bodies and rows whose time is over, and never one in flight", async () => {
    const over = await hold();
    await store.fail(over, { record: recordOf(over, { state: "failed", retainMs: 0 }) });
    const bodyOver = await hold();
    await store.fail(bodyOver, { record: recordOf(bodyOver, { state: "failed", bodyRetainMs: 0 }) });
    const inFlight = await hold();
    await store.fail(inFlight, { record: recordOf(inFlight, { state: "failed", retainMs: 0 }) });
    await hold(inFlight.key);
    await store.inbox.note([], [{ ...count, minute: 60_000 }, count]);
    expect(await store.purge(10)).toBe(1);
    expect(await store.inbox.find(over.key)).toBe(null);
    expect(await store.inbox.find(bodyOver.key)).toMatchObject({ body: null, delivery: { state: "failed" } });
    expect((await store.inbox.find(inFlight.key))?.delivery.state).toBe("running");
    expect(await store.inbox.counts(0)).toEqual([count]);
  });

  it("goes through more deliveries than it reads at once, each once, in either order", async () => {
    const records = Array.from({ length: 4_500 }, (_, index) =>
      inboxRecord({
        state: index % 3 === 0 ? "failed" : "done",
        body: "keep",
        attempt: { at: 5_000 },
        delivery: { provider: index % 2 === 0 ? "one" : "two", type: `type-${index % 7}` },
      }),
    );
    await store.inbox.note(records, []);
    const keys = records.map(({ delivery }) => delivery.key);
    const pages: string[] = [];
    for (let before: number | undefined; ; ) {
      const page = await store.inbox.list({ before, limit: 700 });
      pages.push(...page.map(({ key }) => key));
      before = page.at(-1)?.sequence;
      if (before === undefined) break;
    }
    expect(pages).toEqual(keys.toReversed());
    const oldest = await store.inbox.list({ after: 0, limit: 4_500, state: "failed", provider: "two" });
    const expected = records.filter(
      ({ state, delivery }) => state === "failed" && delivery.provider === "two",
    );
    expect(oldest.map(({ key }) => key)).toEqual(expected.map(({ delivery }) => delivery.key));
    expect(await store.inbox.count({ state: "failed", provider: "two" }, 1_001)).toBe(expected.length);
    expect(await store.inbox.count({}, 1_001)).toBe(1_001);
    expect(await store.inbox.tally()).toMatchObject([
      { provider: "one", failed: 750, oldestFailedAt: 5_000 },
      { provider: "two", failed: 750 },
    ]);
    const groups = await store.inbox.failures(10);
    expect(groups.map(({ failed, types }) => [failed, types.length])).toEqual([
      [750, 5],
      [750, 5],
    ]);
  });

  it("a page of many deliveries lets others run while it is read", async () => {
    const records = Array.from({ length: 20_000 }, () => inboxRecord({ body: "keep" }));
    await store.inbox.note(records, []);
    let turns = 0;
    const counting = setInterval(() => turns++, 0);
    await store.inbox.list({ type: "no such type", limit: 50 });
    clearInterval(counting);
    expect(turns).toBeGreaterThan(3);
  });

  it("compares a filter with so many deliveries and no more, and finds those of a time wherever they are", async () => {
    const [rare, common] = [inboxRecord({ delivery: { type: "rare" } }), inboxRecord()];
    await store.inbox.note([rare, common], []);
    // A delivery a minute from the year 2001 on, each a copy of the second but for the first.
    const copied = "provider, scope, last_outcome, known, dead_at, last_duration_ms, attempts, requests, runs, replays";
    const columns = `${copied}, body_bytes, last_status, last_late, last_source, event_id, state, expires_at`;
    const startedAt = 1_000_000_000_000;
    const atMinute = (minute: number) => startedAt + minute * 60_000;
    database.exec(`UPDATE latchhook_inbox SET received_at = ${startedAt} WHERE type = 'rare';
      WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n LIMIT 103000)
      INSERT INTO latchhook_inbox (key, type, received_at, last_at, last_attempt_at, ${columns})
      SELECT randomblob(32), 'common', ${startedAt} + i * 60000, 0, 0, ${columns}
      FROM n, (SELECT * FROM latchhook_inbox WHERE sequence = 2);
      UPDATE latchhook_inbox SET received_at = ${atMinute(1)} WHERE sequence = 2`);

    expect(await store.inbox.list({ type: "rare", limit: 5 })).toEqual([]);
    expect(await store.inbox.count({ type: "rare" }, 5)).toBe(0);
    const earlier = { type: "rare", limit: 5, until: atMinute(90_000) };
    expect(await store.inbox.list(earlier)).toMatchObject([{ key: rare.delivery.key }]);
    expect(await store.inbox.list({ type: "rare", limit: 5, before: 90_000 })).toHaveLength(1);

    const [since, until] = [atMinute(50_000), atMinute(50_003)];
    const times = (await store.inbox.list({ since, until, limit: 9 })).map(({ receivedAt }) => receivedAt);
    expect(times).toEqual([atMinute(50_002), atMinute(50_001), since]);
    expect(await store.inbox.count({ since: atMinute(102_999) }, 9)).toBe(3);
    expect(await store.inbox.count({ until: atMinute(2) }, 9)).toBe(2);
  }, 60_000);
});

const count = {
  minute: Math.floor(Date.now() / 60_000) * 60_000,
  scope: "",
  provider: "ai-stats",
  outcome: "processed",
  reason: "",
  bucketMs: 50,
  secretIndex: 0,
  count: 3,
} as const;
