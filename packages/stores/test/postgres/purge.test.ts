import type { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { describeWithServer, findPostgres } from "../../../../test/support/servers.ts";
import { postgresStore } from "../../src/postgres.ts";
import { type FaultyDatabase, hold, openFaultyDatabase, retain, stateOf } from "./faulty-database.ts";

describeWithServer("postgresStore purges", await findPostgres(), (serverUrl) => {
  let faulty: FaultyDatabase;
  let admin: Pool;
  let pool: Pool;

  beforeAll(async () => {
    faulty = await openFaultyDatabase(serverUrl);
    admin = faulty.admin;
    pool = faulty.openPool();
  });

  afterAll(() => faulty.close());

  beforeEach(async () => {
    await admin.query("TRUNCATE latchhook_deliveries");
  });

  /** Records whose retention ended a minute ago. */
  async function addExpired(count: number): Promise<void> {
    await admin.query(
      `INSERT INTO latchhook_deliveries (key, state, owner, fence, attempt, takeover, leased_until, expires_at, purge_at)
       SELECT sha256(random()::text::bytea || number::text::bytea), 'completed', 'one', number, 1, false, past, past, past
       FROM generate_series(1, $1::integer) AS number, (SELECT now() - interval '1 minute' AS past) AS moment`,
      [count],
    );
  }

  async function countRecords(): Promise<number> {
    return (await admin.query("SELECT count(*)::integer AS count FROM latchhook_deliveries")).rows[0].count;
  }

  it("in statements of at most 1,000 records, up to the limit", async () => {
    const store = postgresStore({ client: pool });
    await addExpired(3_500);
    let statements = 0;
    pool.on("acquire", () => statements++);
    expect(await store.purge(2_500)).toBe(2_500);
    expect(statements).toBeGreaterThanOrEqual(3);
    expect(await store.purge(10_000)).toBe(1_000);
    expect(await countRecords()).toBe(0);
  });

  it("leaves records alone that another transaction holds, and does not wait for it", async () => {
    const store = postgresStore({ client: pool });
    await addExpired(10);
    const other = await admin.connect();
    await other.query("BEGIN");
    await other.query("SELECT 1 FROM latchhook_deliveries LIMIT 3 FOR UPDATE");
    expect(await store.purge(100)).toBe(7);
    await other.query("ROLLBACK");
    other.release();
    expect(await store.purge(100)).toBe(3);
  });

  it("two processes at once remove each record once", async () => {
    await addExpired(4_000);
    const stores = [postgresStore({ client: pool }), postgresStore({ client: faulty.openPool() })];
    const purged = await Promise.all(stores.map((store) => store.purge(10_000)));
    const rest = await stores[0]?.purge(10_000);
    expect(purged.reduce((sum, count) => sum + count, rest ?? 0)).toBe(4_000);
    expect(await countRecords()).toBe(0);
  });

  it("by itself, as deliveries complete", async () => {
    const store = postgresStore({ client: pool });
    await addExpired(600);
    for (let round = 0; round < 12; round++) {
      const held = await Promise.all(Array.from({ length: 64 }, () => hold(store)));
      await Promise.all(held.map((claim) => store.complete(claim, retain)));
    }
    await store.close();
    expect(await countRecords()).toBe(12 * 64);
  });

  it("reads no table from end to end: what is due comes through the index, the rest through the key", async () => {
    const scanning = faulty.openPool();
    const store = postgresStore({ client: scanning, tablePrefix: "scans_" });
    await store.migrate();
    await admin.query(
      `INSERT INTO scans_deliveries (key, state, owner, fence, attempt, takeover, leased_until, expires_at, purge_at)
       SELECT sha256(number::text::bytea), 'completed', 'one', number, 1, false, now(), 'infinity', 'infinity'
       FROM generate_series(1, 5000) AS number`,
    );
    await admin.query("ANALYZE scans_deliveries");
    for (let round = 0; round < 20; round++) {
      const held = await hold(store);
      await store.extend(held, 1_000);
      await store.complete(held, retain);
      await stateOf(store, held.key);
      await store.fail(await hold(store));
      await store.commit(await hold(store), retain, () => {});
      await admin.query("UPDATE scans_deliveries SET purge_at = now() WHERE key = sha256($1)", [
        `${round + 1}`,
      ]);
      await store.purge(10);
    }
    // A connection hands its statistics in when it ends.
    await scanning.end();
    const text = "SELECT seq_scan, idx_scan FROM pg_stat_user_tables WHERE relname = 'scans_deliveries'";
    const readScans = async (): Promise<{ seq_scan: string; idx_scan: string }> =>
      (await admin.query(text)).rows[0];
    await expect.poll(async () => Number((await readScans()).idx_scan)).toBeGreaterThan(100);
    // To make its two indexes it was read once each.
    expect(Number((await readScans()).seq_scan)).toBe(2);
  });
});
