import type { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { describeWithServer, findPostgres } from "../../../../test/support/servers.ts";
import { postgresStore } from "../../src/postgres.ts";
import {
  expectNoLeak,
  type FaultyDatabase,
  hold,
  longMs,
  newKey,
  openFaultyDatabase,
  readEffects,
  rejectionOf,
  retain,
  stateOf,
} from "./faulty-database.ts";

describeWithServer("postgresStore commits and shares its pool", await findPostgres(), (serverUrl) => {
  let faulty: FaultyDatabase;
  let admin: Pool;

  beforeAll(async () => {
    faulty = await openFaultyDatabase(serverUrl);
    admin = faulty.admin;
  });

  afterAll(() => faulty.close());

  beforeEach(async () => {
    await admin.query("TRUNCATE effects");
  });

  it("while the work runs, heartbeats pass and duplicates are answered without holding a connection", async () => {
    const pool = faulty.openPool({ max: 2 });
    const store = postgresStore({ client: pool });
    const held = await hold(store);
    let states: string[] = [];
    let checkedOut = 0;
    const answer = await store.commit(held, retain, async (client) => {
      await client.query("INSERT INTO effects (text) VALUES ('one')");
      states = await Promise.all(Array.from({ length: 40 }, () => stateOf(store, held.key)));
      expect(await store.extend(held, longMs)).toBe("ok");
      checkedOut = pool.totalCount - pool.idleCount;
    });
    expect(answer).toBe("ok");
    expect(new Set(states)).toEqual(new Set(["in-flight"]));
    expect(checkedOut).toBe(1);
    expect(await stateOf(store, held.key)).toBe("completed");
    await expectNoLeak(pool);
  });

  it("an in-flight answer leaves the pool at once", async () => {
    const pool = faulty.openPool({ max: 1 });
    const store = postgresStore({ client: pool });
    const held = await hold(store);
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(await stateOf(store, held.key)).toBe("in-flight");
      expect(pool.idleCount).toBe(pool.totalCount);
    }
  });

  it("a claim lost while the work runs rolls the work back", async () => {
    const pool = faulty.openPool();
    const store = postgresStore({ client: pool });
    const stale = await hold(store, newKey(), 50);
    const answer = await store.commit(stale, retain, async (client) => {
      await client.query("INSERT INTO effects (text) VALUES ('stale')");
      await expect.poll(() => stateOf(store, stale.key)).toBe("claimed");
    });
    expect(answer).toBe("lost");
    expect(await readEffects(admin)).toEqual([]);
    await expectNoLeak(pool);
  });

  it("a claim that is lost before is not run at all", async () => {
    const store = postgresStore({ client: faulty.openPool() });
    const held = await hold(store);
    let ran = false;
    const answer = await store.commit({ ...held, fence: held.fence + 1 }, retain, () => {
      ran = true;
    });
    expect([answer, ran]).toEqual(["lost", false]);
  });

  for (const statement of ["ROLLBACK", "COMMIT", "COMMIT; BEGIN"]) {
    it(`work that ends the transaction itself (${statement}) is refused, and the delivery is not done`, async () => {
      const pool = faulty.openPool();
      const store = postgresStore({ client: pool });
      const held = await hold(store);
      const error = await rejectionOf(() =>
        store.commit(held, retain, async (client) => {
          await client.query("INSERT INTO effects (text) VALUES ('astray')");
          await client.query(statement);
        }),
      );
      expect(error).toMatchObject({ code: "commit-misused" });
      expect(await stateOf(store, held.key)).toBe("in-flight");
      await expectNoLeak(pool);
    });
  }

  it("work that swallows the failure of a statement does not commit", async () => {
    const pool = faulty.openPool();
    const store = postgresStore({ client: pool });
    const held = await hold(store);
    const error = await rejectionOf(() =>
      store.commit(held, retain, async (client) => {
        await client.query("INSERT INTO effects (text) VALUES ('never')");
        await client.query("SELECT 1 / 0").catch(() => {});
      }),
    );
    expect(error).toMatchObject({ code: "store-unavailable", cause: { code: "25P02" } });
    expect(await readEffects(admin)).toEqual([]);
    expect(await stateOf(store, held.key)).toBe("in-flight");
    await expectNoLeak(pool);
  });

  it("flushes done, whatever the session is set to, and does not wait for the disk for a lease", async () => {
    await admin.query(`
      CREATE TABLE flushes (state text, setting text);
      CREATE FUNCTION note_flush() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO flushes VALUES (NEW.state, current_setting('synchronous_commit'));
        RETURN NEW;
      END $$;
      CREATE TRIGGER note_flush BEFORE INSERT OR UPDATE ON latchhook_deliveries
        FOR EACH ROW EXECUTE FUNCTION note_flush()`);
    for (const [setting, whenDone] of [
      ["off", "on"],
      ["on", "on"],
      ["remote_write", "remote_write"],
    ]) {
      await admin.query("TRUNCATE flushes");
      const store = postgresStore({
        client: faulty.openPool({ options: `-c synchronous_commit=${setting}` }),
      });
      const completed = await hold(store);
      await store.extend(completed, longMs);
      await store.complete(completed, retain);
      const committed = await hold(store);
      await store.commit(committed, retain, () => {});
      const { rows } = await admin.query("SELECT DISTINCT state, setting FROM flushes ORDER BY state");
      expect(rows).toEqual([
        { state: "claimed", setting: "off" },
        { state: "completed", setting: whenDone },
      ]);
    }
    await admin.query("DROP TRIGGER note_flush ON latchhook_deliveries");
  });

  it("leaves no setting of its own behind on a pooled connection", async () => {
    const pool = faulty.openPool({ max: 1 });
    const store = postgresStore({ client: pool });
    const readSettings = async (): Promise<unknown> => {
      const names = ["synchronous_commit", "lock_timeout", "enable_seqscan"];
      return (await pool.query("SELECT name, setting FROM pg_settings WHERE name = ANY($1)", [names])).rows;
    };
    const before = await readSettings();
    await store.complete(await hold(store), retain);
    await store.commit(await hold(store), retain, () => {});
    expect(await readSettings()).toEqual(before);
  });
});
