import { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { describeWithServer, findPostgres, runOnServer } from "../../../../test/support/servers.ts";
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
  untilWaiting,
} from "./faulty-database.ts";

describeWithServer("postgresStore answers each error of the server", await findPostgres(), (serverUrl) => {
  let faulty: FaultyDatabase;
  let admin: Pool;
  let pool: Pool;

  beforeAll(async () => {
    faulty = await openFaultyDatabase(serverUrl);
    admin = faulty.admin;
    pool = faulty.openPool();
    await admin.query(createRaise);
  });

  afterAll(() => faulty.close());

  beforeEach(async () => {
    await admin.query("TRUNCATE effects");
    faulty.failures.length = 0;
  });

  // The server itself raises the error, in a trigger; a sequence counts beyond rollbacks.
  const createRaise = `
    CREATE SEQUENCE raised;
    CREATE TABLE to_raise (code text, times integer);
    CREATE FUNCTION raise_error() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE planned to_raise;
    BEGIN
      SELECT * INTO planned FROM to_raise;
      IF FOUND AND nextval('raised') <= planned.times THEN
        RAISE EXCEPTION 'provoked' USING ERRCODE = planned.code;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER raise_error BEFORE INSERT OR UPDATE ON latchhook_deliveries
      FOR EACH ROW EXECUTE FUNCTION raise_error()`;

  async function raise(code: string, times: number, during: () => Promise<void>): Promise<void> {
    await admin.query(`INSERT INTO to_raise VALUES ('${code}', ${times}); SELECT setval('raised', 1, false)`);
    try {
      await during();
    } finally {
      await admin.query("TRUNCATE to_raise");
    }
  }

  for (const code of ["40001", "40P01", "55P03"]) {
    describe(`${code}: one retry, then an error`, () => {
      for (const operation of ["claim", "extend", "complete", "fail", "commit"] as const) {
        it(operation, async () => {
          const store = postgresStore({ client: pool });
          const key = newKey();
          const held = operation === "claim" ? undefined : await hold(store, key);
          const operate = async (): Promise<unknown> => {
            if (held === undefined) return store.claim(key, { owner: "one", leaseMs: longMs, ...retain });
            if (operation === "extend") return store.extend(held, longMs);
            if (operation === "fail") return store.fail(held);
            if (operation === "complete") return store.complete(held, retain);
            return store.commit(held, retain, (client) =>
              client.query("INSERT INTO effects (text) VALUES ('one')"),
            );
          };
          await raise(code, 2, async () => {
            const error = await rejectionOf(operate);
            expect(error).toMatchObject({ code: "store-unavailable", cause: { code } });
            expect(await readEffects(admin)).toEqual([]);
          });
          await raise(code, 1, async () => {
            const answer = await operate();
            if (held === undefined) expect(answer).toMatchObject({ state: "claimed", attempt: 1 });
            else expect(answer).toBe("ok");
          });
          expect(await readEffects(admin)).toEqual(operation === "commit" ? ["one"] : []);
          await expectNoLeak(pool);
        });
      }
    });
  }

  it("40001, provoked: a serializable claim meets a concurrent update, and wins at its retry", async () => {
    const serializable = faulty.openPool({ options: "-c default_transaction_isolation=serializable" });
    const store = postgresStore({ client: serializable });
    const held = await hold(store);
    await store.fail(held);
    const other = await admin.connect();
    await other.query("BEGIN");
    await other.query("UPDATE latchhook_deliveries SET attempt = 7 WHERE key = decode($1, 'hex')", [
      held.key,
    ]);
    const claimed = store.claim(held.key, { owner: "two", leaseMs: longMs, ...retain });
    await untilWaiting(admin, "latchhook_claim");
    await other.query("COMMIT");
    other.release();
    expect(await claimed).toMatchObject({ state: "claimed", attempt: 8 });
    expect(faulty.failures).toEqual(["40001"]);
    await expectNoLeak(serializable);
  });

  it("40P01, provoked: a commit deadlocks with another transaction, and commits at its retry", async () => {
    const impatient = faulty.openPool({ options: "-c deadlock_timeout=50ms" });
    const store = postgresStore({ client: impatient });
    const held = await hold(store);
    await admin.query("INSERT INTO effects (text) VALUES ('shared')");
    const other = await admin.connect();
    await other.query("BEGIN");
    await other.query("SELECT 1 FROM latchhook_deliveries WHERE key = decode($1, 'hex') FOR UPDATE", [
      held.key,
    ]);
    let otherDone: Promise<unknown> | undefined;
    let runs = 0;
    const answer = await store.commit(held, retain, async (client) => {
      runs++;
      await client.query("UPDATE effects SET text = 'mine'");
      otherDone ??= other.query("UPDATE effects SET text = 'theirs'").then(() => other.query("COMMIT"));
    });
    await otherDone;
    other.release();
    expect([answer, runs]).toEqual(["ok", 2]);
    expect(await readEffects(admin)).toEqual(["mine"]);
    await expectNoLeak(impatient);
  });

  it("55P03, provoked: a lock that outlasts two tries is an error, not a hang", async () => {
    const store = postgresStore({ client: pool });
    const held = await hold(store);
    const other = await admin.connect();
    await other.query("BEGIN");
    await other.query("SELECT 1 FROM latchhook_deliveries WHERE key = decode($1, 'hex') FOR UPDATE", [
      held.key,
    ]);
    const startedAt = Date.now();
    expect(await rejectionOf(() => store.complete(held, retain))).toMatchObject({
      code: "store-unavailable",
      cause: { code: "55P03" },
    });
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    await other.query("ROLLBACK");
    other.release();
    expect(faulty.failures).toEqual(["55P03", "55P03"]);
    expect(await store.complete(held, retain)).toBe("ok");
  });

  it("57P01: an operation whose connection is terminated rejects, and the next one works", async () => {
    const store = postgresStore({ client: pool });
    const held = await hold(store);
    const other = await admin.connect();
    await other.query("BEGIN");
    await other.query("SELECT 1 FROM latchhook_deliveries WHERE key = decode($1, 'hex') FOR UPDATE", [
      held.key,
    ]);
    const completed = rejectionOf(() => store.complete(held, retain));
    await admin.query("SELECT pg_terminate_backend($1)", [await untilWaiting(admin, "latchhook_complete")]);
    expect(await completed).toMatchObject({ code: "store-unavailable", cause: { code: "57P01" } });
    await other.query("ROLLBACK");
    other.release();
    expect(await store.complete(held, retain)).toBe("ok");
    await expectNoLeak(pool);
  });

  it("57P01: a connection that is terminated between two statements of the work rolls back", async () => {
    const store = postgresStore({ client: pool });
    const held = await hold(store);
    const error = await rejectionOf(() =>
      store.commit(held, retain, async (client) => {
        await client.query("INSERT INTO effects (text) VALUES ('never')");
        const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
        const ended = new Promise((resolve) => client.once("end", resolve));
        await admin.query("SELECT pg_terminate_backend($1)", [rows[0].pid]);
        await ended;
      }),
    );
    expect(error).toMatchObject({ code: "store-unavailable" });
    expect(await readEffects(admin)).toEqual([]);
    expect(await store.fail(held)).toBe("ok");
    await expectNoLeak(pool);
  });

  it("53300: too many connections reject, and the next operation works when there is room", async () => {
    const role = `limited_${faulty.database.name}`;
    const rights = `GRANT SELECT, INSERT, UPDATE, DELETE ON latchhook_deliveries TO ${role};
      GRANT SELECT ON latchhook_migrations, to_raise TO ${role}; GRANT USAGE ON SCHEMA public TO ${role}`;
    await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'limited' CONNECTION LIMIT 1; ${rights}`);
    try {
      const url = new URL(faulty.proxy.through(faulty.database.url));
      url.username = role;
      url.password = "limited";
      const limited = faulty.openPool({ connectionString: url.href });
      const other = new Pool({ connectionString: url.href, max: 1 });
      const store = postgresStore({ client: limited });
      const occupying = await other.connect();
      expect(await rejectionOf(() => hold(store))).toMatchObject({
        code: "store-unavailable",
        cause: { code: "53300" },
      });
      occupying.release();
      await other.end();
      await expect.poll(() => hold(store).catch(() => undefined), { timeout: 5_000 }).toBeDefined();
      await limited.end();
    } finally {
      await admin.query(`DROP OWNED BY ${role}`);
      await runOnServer(serverUrl, `DROP ROLE ${role}`);
    }
  });

  it("an error of the work passes through unchanged, one of the database's among them", async () => {
    const store = postgresStore({ client: pool });
    const held = await hold(store);
    const error = await rejectionOf(() =>
      store.commit(held, retain, (client) => client.query("SELECT 1 / 0")),
    );
    expect(error).toMatchObject({ code: "22012", severity: "ERROR" });
    expect(await store.fail(held)).toBe("ok");
    await expectNoLeak(pool);
  });

  it("an error at COMMIT, of a deferred constraint, is the store's", async () => {
    await admin.query(`
      CREATE TABLE IF NOT EXISTS parents (id integer PRIMARY KEY);
      CREATE TABLE IF NOT EXISTS children (parent integer REFERENCES parents DEFERRABLE INITIALLY DEFERRED)`);
    const store = postgresStore({ client: pool });
    const held = await hold(store);
    const error = await rejectionOf(() =>
      store.commit(held, retain, (client) => client.query("INSERT INTO children VALUES (1)")),
    );
    expect(error).toMatchObject({ code: "store-unavailable", cause: { code: "23503" } });
    expect(await stateOf(store, held.key)).toBe("in-flight");
    await expectNoLeak(pool);
  });
});
