import type { AttemptRecord, Claim, InboxRecord } from "@latchhook/core";
import { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import {
  createDatabase,
  describeWithServer,
  findPostgres,
  type TestDatabase,
} from "../../../../test/support/servers.ts";
import {
  countDeliveries,
  findDelivery,
  groupFailures,
  listDeliveries,
  type Read,
  tallySenders,
} from "../../src/postgres/inbox/reads.ts";
import { resolveNames } from "../../src/postgres/names.ts";
import { type PostgresStore, postgresStore, printMigrations } from "../../src/postgres.ts";
import { inboxRecord, type RecordParts } from "../inbox-record.ts";
import { hold, longMs, newKey, rejectionOf, retain, stateOf } from "./faulty-database.ts";

/** 20,000 deliveries, one in a hundred of which has not succeeded, and their claims. */
const seedDeliveries = `WITH made AS (
  INSERT INTO latchhook_inbox (received_at, last_at, dead_at, expires_at, succeeded_at, last_attempt_at,
    last_duration_ms, attempts, requests, runs, replays, body_bytes, last_status, known, last_late, key, state, scope,
    provider, event_id, type, job_id, last_source, last_outcome, error)
  SELECT i, i, 4e12, 4e12, CASE WHEN i % 100 <> 0 THEN i END, i, 1, 1, 1, 1, 0, 2, 200, true, false,
    sha256(i::text::bytea), CASE WHEN i % 100 = 0 THEN 'failed' ELSE 'done' END, '', 'acme', 'event ' || i, 'done',
    'job ' || i, 'http', 'processed', CASE WHEN i % 100 = 0 THEN 'an error' END
  FROM generate_series(1, 20000) AS i
  RETURNING key
)
INSERT INTO latchhook_deliveries
SELECT key, 'completed', 'seed', 1, 1, false, now(), 'infinity', 'infinity' FROM made`;

describeWithServer("the inbox in PostgreSQL", await findPostgres(), (serverUrl) => {
  let database: TestDatabase;
  let pool: Pool;
  let store: PostgresStore<unknown>;
  let statements = 0;

  beforeAll(async () => {
    database = await createDatabase(serverUrl);
    pool = new Pool({ connectionString: database.url, max: 6 });
    pool.on("error", () => {});
    pool.on("acquire", () => {
      statements++;
    });
  });
  beforeEach(async () => {
    await pool.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    await pool.query("CREATE TABLE effects (place serial PRIMARY KEY, text text NOT NULL)");
    store = postgresStore({ client: pool });
    await store.migrate();
    await store.check();
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const recordOf =
    ({ key }: Claim, parts: RecordParts = {}): (() => InboxRecord) =>
    () =>
      inboxRecord({ key, ...parts });

  async function rowsOf(table: string): Promise<number> {
    return Number((await pool.query(`SELECT count(*) AS rows FROM ${table}`)).rows[0].rows);
  }

  it("64 completions take few statements, and each has its row", async () => {
    const held = await Promise.all(Array.from({ length: 64 }, () => hold(store)));
    const [first, second] = held;
    if (first === undefined || second === undefined) throw new Error("There are 64.");
    const lost = { ...first, owner: "another" };
    statements = 0;
    const answers = await Promise.all(
      // One that is lost and one that is repeated, among the others.
      [lost, second, ...held].map((claim) => store.complete(claim, { ...retain, record: recordOf(claim) })),
    );
    expect(answers).toEqual(["lost", ...Array.from({ length: 65 }, () => "ok")]);
    expect(statements).toBeLessThanOrEqual(3);
    expect(await rowsOf("latchhook_inbox")).toBe(64);
    const entry = await store.inbox.find(second.key);
    expect(entry?.delivery).toMatchObject({ state: "done", requests: 1, runs: 1 });
    expect(entry?.attempts).toHaveLength(1);
  });

  it("of 64 at once, a record that does not fit costs no delivery, and no other record", async () => {
    const held = await Promise.all(Array.from({ length: 64 }, () => hold(store)));
    const answers = await Promise.all(
      held.map((claim, index) =>
        store.complete(claim, {
          ...retain,
          record: recordOf(claim, index === 7 ? { delivery: { secretIndex: 2 ** 40 } } : {}),
        }),
      ),
    );
    expect(answers.every((answer) => answer === "ok")).toBe(true);
    expect(await rowsOf("latchhook_inbox")).toBe(63);
    const after = await hold(store);
    await store.complete(after, { ...retain, record: recordOf(after) });
    expect(await rowsOf("latchhook_inbox")).toBe(64);
  });

  it("what a text of PostgreSQL cannot hold is replaced, and long ids are found", async () => {
    const held = await hold(store);
    const eventId = `a\0b\ud800c${"x".repeat(10_000)}`;
    const parts = { delivery: { eventId, jobId: "j".repeat(9_000) } };
    expect(await store.complete(held, { ...retain, record: recordOf(held, parts) })).toBe("ok");
    for (const search of [eventId, "j".repeat(9_000), held.key]) {
      expect((await store.inbox.list({ search, limit: 10 })).map(({ key }) => key)).toEqual([held.key]);
    }
    expect(await store.inbox.list({ search: eventId.slice(0, 500), limit: 10 })).toEqual([]);
  });

  it("keeps the last 200 attempts, and the body of a failure until it is done", async () => {
    const key = newKey();
    for (let attempt = 1; attempt <= 230; attempt++) {
      const held = await hold(store, key);
      const parts: RecordParts = { state: "failed", attempt: { claimAttempt: attempt, at: 1_000 + attempt } };
      expect(await store.fail(held, { record: recordOf(held, parts) })).toBe("ok");
    }
    const failed = await store.inbox.find(key);
    expect(failed?.attempts.map(({ claimAttempt }) => claimAttempt)).toEqual(
      Array.from({ length: 200 }, (_, index) => 31 + index),
    );
    expect(failed?.delivery).toMatchObject({ runs: 230, state: "failed", receivedAt: 1_001, hasBody: true });
    expect(new TextDecoder().decode(failed?.body ?? undefined)).toBe("{}");
    expect(await rowsOf("latchhook_inbox_attempts")).toBe(199);
    const held = await hold(store, key);
    expect((await store.inbox.find(key))?.delivery.state).toBe("running");
    await store.complete(held, { ...retain, record: recordOf(held) });
    expect(await store.inbox.find(key)).toMatchObject({
      body: null,
      delivery: { state: "done", hasBody: false, bodyUntil: null, error: null },
    });
  });

  it("a failure that is repeated, and a claim that is lost, add nothing", async () => {
    const held = await hold(store);
    const record = recordOf(held, { state: "failed" });
    expect(await store.fail(held, { record })).toBe("ok");
    expect(await store.fail(held, { record })).toBe("ok");
    expect(await store.fail({ ...held, owner: "another" }, { record })).toBe("lost");
    expect(await store.complete({ ...held, fence: held.fence + 1 }, { ...retain, record })).toBe("lost");
    expect((await store.inbox.find(held.key))?.attempts).toHaveLength(1);
  });

  it("a commit writes its record with the work, or neither", async () => {
    const held = await hold(store);
    const work = (text: string) => async (client: unknown) => {
      await (client as Pool).query("INSERT INTO effects (text) VALUES ($1)", [text]);
      if (text === "thrown") throw new Error(text);
    };
    const options = { ...retain, record: recordOf(held) };
    await expect(store.commit(held, options, work("thrown"))).rejects.toThrow("thrown");
    expect(await store.commit({ ...held, owner: "another" }, options, work("lost"))).toBe("lost");
    expect([await rowsOf("latchhook_inbox"), await rowsOf("effects")]).toEqual([0, 0]);
    expect(await store.commit(held, options, work("done"))).toBe("ok");
    expect(await store.commit(held, options, work("again"))).toBe("ok");
    expect([await rowsOf("latchhook_inbox"), await rowsOf("effects")]).toEqual([1, 1]);
    expect((await store.inbox.find(held.key))?.attempts).toHaveLength(1);
  });

  it("a commit whose record does not fit is done without it", async () => {
    const held = await hold(store);
    const record = recordOf(held, { delivery: { secretIndex: 2 ** 40 } });
    const update = await store.commit(held, { ...retain, record }, async (client) => {
      await (client as Pool).query("INSERT INTO effects (text) VALUES ('once')");
    });
    expect(update).toBe("ok");
    expect([await rowsOf("latchhook_inbox"), await rowsOf("effects")]).toEqual([0, 1]);
  });

  it("without the inbox deliveries are received, and the inbox says what is missing", async () => {
    await pool.query("DROP TABLE latchhook_inbox");
    const started = postgresStore({ client: pool });
    for (const open of [store, started]) {
      const held = await hold(open);
      const record = recordOf(held);
      expect(await open.complete(held, { ...retain, record })).toBe("ok");
      const failing = await hold(open);
      expect(await open.fail(failing, { record: recordOf(failing, { state: "failed" }) })).toBe("ok");
      const committed = await hold(open);
      expect(await open.commit(committed, { ...retain, record: recordOf(committed) }, () => {})).toBe("ok");
      expect(await stateOf(open, committed.key)).toBe("completed");
      for (const operation of [() => open.check(), () => open.inbox.note([record()], [])]) {
        const error = await rejectionOf(operation);
        expect(error).toMatchObject({ code: "store-misconfigured" });
        expect(String(error)).toContain('"latchhook_inbox" is missing');
      }
      expect(await open.purge(10)).toBe(0);
    }
  });

  it("over tables of the version before, deliveries are received and check says what to run", async () => {
    await pool.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    const whole = printMigrations();
    const before = whole.slice(0, whole.indexOf('CREATE TABLE "public"."latchhook_inbox"'));
    await pool.query(`${before} COMMIT`);
    const started = postgresStore({ client: pool });
    const held = await hold(started);
    expect(await started.complete(held, { ...retain, record: recordOf(held) })).toBe("ok");
    for (const operation of [() => started.check(), () => started.inbox.list({ limit: 1 })]) {
      const error = await rejectionOf(operation);
      expect(error).toMatchObject({ code: "store-misconfigured" });
      expect(String(error)).toMatch(/at version 2.*needs 3.*await store\.migrate\(\)/);
    }
    await started.migrate();
    await started.check();
    const next = await hold(postgresStore({ client: pool }));
    const migrated = postgresStore({ client: pool });
    expect(await migrated.complete(next, { ...retain, record: recordOf(next) })).toBe("ok");
    expect(await rowsOf("latchhook_inbox")).toBe(1);
    // What was completed before is what it was, and can be reopened.
    expect(await stateOf(migrated, held.key)).toBe("completed");
    const reopened = await migrated.reopen?.(held.key, { owner: "replay", leaseMs: longMs, ...retain });
    expect(reopened).toMatchObject({ state: "claimed", attempt: 2, takeover: false });
  });

  it("notes and completions of the same deliveries wait for each other without a deadlock", async () => {
    const held = await Promise.all(Array.from({ length: 40 }, () => hold(store)));
    const other = postgresStore({ client: pool });
    const attempt: Partial<AttemptRecord> = { outcome: "in-flight", status: 503 };
    const notes = held.map((claim) =>
      inboxRecord({ key: claim.key, state: "failed", attempt, body: "keep" }),
    );
    await Promise.all([
      ...Array.from({ length: 5 }, () => other.inbox.note(notes.toReversed(), [])),
      ...held.map((claim) => store.complete(claim, { ...retain, record: recordOf(claim) })),
    ]);
    for (const { key } of held) {
      const entry = await store.inbox.find(key);
      expect(entry?.attempts).toHaveLength(6);
      expect(entry?.delivery).toMatchObject({ state: "done", requests: 6, runs: 1, error: null });
    }
  });

  it("purge removes bodies and rows whose time is over, and never one in flight", async () => {
    const over = await hold(store);
    await store.fail(over, { record: recordOf(over, { state: "failed", retainMs: -longMs }) });
    const bodyOver = await hold(store);
    await store.fail(bodyOver, { record: recordOf(bodyOver, { state: "failed", bodyRetainMs: 0 }) });
    const inFlight = await hold(store);
    await store.fail(inFlight, { record: recordOf(inFlight, { state: "failed", retainMs: 0 }) });
    await hold(store, inFlight.key);
    expect(await store.purge(10)).toBe(1);
    expect(await store.inbox.find(over.key)).toBe(null);
    expect(await store.inbox.find(bodyOver.key)).toMatchObject({ body: null, delivery: { state: "failed" } });
    expect((await store.inbox.find(inFlight.key))?.delivery.state).toBe("running");
  });

  it("what people ask is answered from indexes, and looks at no claim but those that are shown", async () => {
    await pool.query(seedDeliveries);
    await pool.query("ANALYZE");
    const names = resolveNames({});
    const { key } = inboxRecord().delivery;
    const reads: readonly (readonly [Read, RegExp])[] = [
      [listDeliveries(names, { limit: 50 }), /inbox_pkey/],
      [listDeliveries(names, { limit: 50, before: 10_000, provider: "acme" }), /inbox_pkey/],
      [listDeliveries(names, { limit: 50, after: 0, state: "failed" }), /inbox_open/],
      [listDeliveries(names, { limit: 50, state: "dead" }), /inbox_open/],
      [listDeliveries(names, { limit: 50, since: 19_990 }), /inbox_pkey/],
      [listDeliveries(names, { limit: 50, search: "event 77" }), /inbox_event_id.*inbox_job_id/s],
      [listDeliveries(names, { limit: 50, search: key }), /inbox_key_key/],
      [countDeliveries(names, { state: "failed" }, 1_001), /inbox_open/],
      [findDelivery(names, key), /inbox_key_key/],
      [groupFailures(names, 50), /inbox_open/],
      [tallySenders(names), /inbox_sender/],
    ];
    for (const [{ text, values }, index] of reads) {
      const { rows } = await pool.query(`EXPLAIN ${text}`, [...values]);
      const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
      expect(plan).toMatch(index);
      expect(plan).not.toMatch(/Seq Scan on latchhook_(inbox|deliveries) /);
    }
  });

  it("deliveries of a time are found wherever they are, without reading the others", async () => {
    await pool.query(seedDeliveries);
    await pool.query("UPDATE latchhook_inbox SET received_at = sequence * 60000");
    await pool.query("VACUUM ANALYZE latchhook_inbox");
    const atMinute = (minute: number) => minute * 60_000;
    const filter = { since: atMinute(10_000), until: atMinute(10_003), type: "done" };
    const times = (await store.inbox.list({ ...filter, limit: 9 })).map(({ receivedAt }) => receivedAt);
    expect(times).toEqual([10_002, 10_001, 10_000].map(atMinute));
    expect(await store.inbox.count({ since: atMinute(19_999) }, 9)).toBe(2);
    expect(await store.inbox.count({ until: atMinute(3) }, 9)).toBe(2);
    expect(await store.inbox.count({ since: atMinute(30_000) }, 9)).toBe(0);

    const { text, values } = listDeliveries(resolveNames({}), { ...filter, limit: 9 });
    const { rows } = await pool.query(`EXPLAIN ANALYZE ${text}`, [...values]);
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    const removed = [...plan.matchAll(/Rows Removed by Filter: (\d+)/g)].map(([, count]) => Number(count));
    expect(Math.max(...removed)).toBeLessThan(200);
  });

  it("a read that takes too long is given up, and no connection is lost", async () => {
    const blocker = await pool.connect();
    try {
      await blocker.query("BEGIN; LOCK TABLE latchhook_inbox IN ACCESS EXCLUSIVE MODE");
      const error = await rejectionOf(() => store.inbox.list({ limit: 1 }));
      expect(error).toMatchObject({ code: "store-unavailable", cause: { code: "57014" } });
      const held = await hold(store);
      expect(await store.complete(held, retain)).toBe("ok");
    } finally {
      await blocker.query("ROLLBACK");
      blocker.release();
    }
    expect(await store.inbox.list({ limit: 1 })).toEqual([]);
  }, 15_000);
});
