import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type SqliteStore, sqliteStore } from "@latchhook/stores/sqlite";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Endpoint, receiveWebhooks } from "./support/receive-webhooks.ts";

/** Longer than all that completing tries, where it does not wait for a lock. */
const leaseMs = 1_200;
const insert = "INSERT INTO effects VALUES (?)";

let folder: string;
let path: string;
let store: SqliteStore<Database.Database>;
/** The store's connection. */
let database: Database.Database;
/** Another process's, so to speak. */
let other: Database.Database;
let endpoint: Endpoint;
let calls: number;
/** Replaced by tests that step in: within the callback before it writes, and after. */
let beforeWrite: () => void;
let afterWrite: () => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "latchhook-sqlite-faults-"));
  path = join(folder, "app.db");
  calls = 0;
  beforeWrite = () => {};
  afterWrite = () => {};
  store = sqliteStore({ path, driver: (file) => new Database(file) });
  database = await store.database();
  other = new Database(path);
  other.exec("CREATE TABLE effects (job TEXT NOT NULL)");
});
afterEach(async () => {
  await endpoint.close();
  await store.close();
  other.close();
  rmSync(folder, { recursive: true, force: true });
});

async function receive(write: "separate" | "commit", lease = leaseMs): Promise<Endpoint> {
  endpoint = await receiveWebhooks({
    store,
    leaseMs: lease,
    deadlineMs: 8_000,
    persist: async (event, { commit }) => {
      calls++;
      beforeWrite();
      const job = event.job?.id ?? "";
      if (write === "separate") other.prepare(insert).run(job);
      else await commit((transaction) => transaction.prepare(insert).run(job));
      afterWrite();
    },
  });
  return endpoint;
}

function countEffects(job: string): unknown {
  return (
    other.prepare("SELECT count(*) AS count FROM effects WHERE job = ?").all(job)[0] as { count: number }
  ).count;
}

describe("H96 SQLite is busy for longer than a second", () => {
  it("at claim → 503, no call; the next attempt runs", async () => {
    const { job, send } = (await receive("commit")).delivery();
    other.exec("BEGIN IMMEDIATE");
    expect(await send()).toBe(503);
    expect(calls).toBe(0);
    other.exec("COMMIT");
    expect(await send()).toBe(200);
    expect([calls, countEffects(job)]).toEqual([1, 1]);
  });

  it("at complete, each time it is tried → 503, never an early 2xx; the retry runs again", async () => {
    const { job, send } = (await receive("separate", 4_000)).delivery();
    afterWrite = () => other.exec("BEGIN IMMEDIATE");
    expect(await send()).toBe(503);
    expect(endpoint.outcomes[0]?.code).toBe("store-unavailable");
    other.exec("COMMIT");
    afterWrite = () => {};
    await expect.poll(send, { timeout: 5_000, interval: 200 }).toBe(200);
    expect([calls, countEffects(job)]).toEqual([2, 2]);
  });

  it("at complete, for longer than the lease → 503 at once; it completes late, and the retry is a duplicate", async () => {
    const { job, send } = (await receive("separate", 600)).delivery();
    afterWrite = () => other.exec("BEGIN IMMEDIATE");
    expect(await send()).toBe(503);
    expect(endpoint.outcomes[0]?.code).toBe("lease-lost");
    other.exec("COMMIT");
    await expect.poll(() => endpoint.outcomes[1]).toMatchObject({ code: "processed", late: true });
    expect(await send()).toBe(200);
    expect([calls, countEffects(job)]).toEqual([1, 1]);
  });

  it("at commit → 503, nothing written; the retry writes once", async () => {
    const { job, send } = (await receive("commit", 600)).delivery();
    beforeWrite = () => other.exec("BEGIN IMMEDIATE");
    expect(await send()).toBe(503);
    await expect
      .poll(() => endpoint.outcomes[1], { timeout: 5_000 })
      .toMatchObject({ code: "store-unavailable", late: true });
    expect(countEffects(job)).toBe(0);
    other.exec("COMMIT");
    beforeWrite = () => {};
    expect(await send()).toBe(200);
    expect([calls, countEffects(job)]).toEqual([2, 1]);
  });
});

describe("H96 the disk is full", () => {
  /** Lets the file grow no more, on the store's connection; Infinity lets it grow again. */
  function limitPages(more: number): void {
    const [row] = database.prepare("PRAGMA page_count").all() as { page_count: number }[];
    const most = Math.min((row?.page_count ?? 0) + more, 1_000_000);
    database.exec(`PRAGMA max_page_count = ${most}`);
  }

  /** Makes the mark need room: without it, it fits into the row's own page. */
  function makeMarksGrow(): void {
    other.exec(`
      CREATE TABLE growth (bytes BLOB);
      CREATE TRIGGER grow AFTER UPDATE ON latchhook_deliveries WHEN NEW.lease_until = 0
        BEGIN INSERT INTO growth VALUES (zeroblob(20000)); END`);
  }

  it("as deliveries fill it → no 2xx, and what was acknowledged stays; there is room again → 200", async () => {
    await receive("commit");
    limitPages(1);
    const acknowledged: string[] = [];
    let refused = endpoint.delivery();
    while ((await refused.send()) === 200) {
      acknowledged.push(refused.job);
      refused = endpoint.delivery();
    }
    // 503 where the store met the limit first, 500 where the callback's own statement did.
    expect(endpoint.outcomes.at(-1)?.status).toBeGreaterThanOrEqual(500);
    expect(countEffects(refused.job)).toBe(0);
    for (const job of acknowledged) expect(countEffects(job)).toBe(1);
    limitPages(Number.POSITIVE_INFINITY);
    expect(await refused.send()).toBe(200);
    expect(countEffects(refused.job)).toBe(1);
  });

  for (const [write, effects] of [
    ["separate", 2],
    ["commit", 1],
  ] as const) {
    it(`at the mark, ${write} → 503, never an early 2xx; the retry works`, async () => {
      makeMarksGrow();
      const { job, send } = (await receive(write)).delivery();
      beforeWrite = () => limitPages(0);
      expect(await send()).toBe(503);
      expect(countEffects(job)).toBe(effects - 1);
      beforeWrite = () => {};
      limitPages(Number.POSITIVE_INFINITY);
      await sleep(leaseMs);
      expect(await send()).toBe(200);
      expect([calls, countEffects(job)]).toEqual([2, effects]);
    });
  }
});

describe("H96 the file", () => {
  it("may only be read, in flight → 503; it may be written again → 200", async () => {
    const { job, send } = (await receive("commit")).delivery();
    beforeWrite = () => database.exec("PRAGMA query_only = ON");
    expect(await send()).not.toBe(200);
    expect(countEffects(job)).toBe(0);
    beforeWrite = () => {};
    database.exec("PRAGMA query_only = OFF");
    await sleep(leaseMs);
    expect(await send()).toBe(200);
    expect([calls, countEffects(job)]).toEqual([2, 1]);
  });

  it("is damaged → 503, no call, and what to do; it is restored → 200", async () => {
    const damagedPath = join(folder, "damaged.db");
    writeFileSync(damagedPath, "this is no database, and never was one".repeat(200));
    const damaged = sqliteStore({ path: damagedPath, driver: (file) => new Database(file) });
    endpoint = await receiveWebhooks({ store: damaged, persist: () => calls++ });
    const { send } = endpoint.delivery();
    expect(await send()).toBe(503);
    expect(calls).toBe(0);
    expect(String(endpoint.outcomes[0]?.error)).toMatch(/is damaged or not an SQLite database/);
    rmSync(damagedPath);
    expect(await send()).toBe(200);
    expect(calls).toBe(1);
    await damaged.close();
  });
});
