import { Pool, type PoolClient } from "pg";
import postgres, { type TransactionSql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findPgbouncer, type OwnPgbouncer, startPgbouncer } from "../../../../test/support/pgbouncer.ts";
import {
  createDatabase,
  describeWithServer,
  findPostgres,
  type TestDatabase,
} from "../../../../test/support/servers.ts";
import { type PostgresStore, postgresStore } from "../../src/postgres.ts";
import { describeContract, type Pooler } from "./contract-database.ts";
import { hold, retain, stateOf } from "./faulty-database.ts";

// Fewer connections than the clients have, so that statements meet others' connections at every turn.
const pgbouncer: Pooler = { found: findPgbouncer(), start: (url) => startPgbouncer(url, 5) };

await describeContract<PoolClient>(
  "postgresStore keeps the store contract behind PgBouncer, with pg",
  {
    open(url) {
      const pool = new Pool({ connectionString: url, max: 10 });
      return { createStore: () => postgresStore({ client: pool }), end: () => pool.end() };
    },
    write: (client, text) => client.query("INSERT INTO effects (text) VALUES ($1)", [text]),
  },
  pgbouncer,
);

await describeContract<TransactionSql>(
  "postgresStore keeps the store contract behind PgBouncer, with postgres",
  {
    open(url) {
      const sql = postgres(url, { max: 10 });
      return { createStore: () => postgresStore({ client: sql }), end: () => sql.end() };
    },
    // The application's own statements are its own affair: it would set `prepare: false` for them.
    write: async (sql, text) =>
      await sql.unsafe("INSERT INTO effects (text) VALUES ($1)", [text], { prepare: false }),
  },
  pgbouncer,
);

const server = await findPostgres();

describeWithServer("behind PgBouncer", "url" in pgbouncer.found ? server : pgbouncer.found, () => {
  describe("statements that were prepared before", () => {
    let database: TestDatabase;
    let pooler: OwnPgbouncer;

    beforeAll(async () => {
      database = await createDatabase("url" in server ? server.url : "");
      const admin = new Pool({ connectionString: database.url, max: 1 });
      await postgresStore({ client: admin }).migrate();
      await admin.end();
      pooler = await startPgbouncer(database.url, 1);
    });

    afterAll(async () => {
      await pooler.stop();
      await database.drop();
    });

    it("by another process cost nothing: claims, and a commit whose work runs once", async () => {
      const pools = [0, 1].map(() => new Pool({ connectionString: pooler.url, max: 1 }));
      const stores: PostgresStore<PoolClient>[] = pools.map((client) => postgresStore({ client }));
      let runs = 0;
      for (const store of stores) {
        const claim = await hold(store);
        const update = await store.commit(claim, retain, async () => {
          runs++;
        });
        expect(update).toBe("ok");
      }
      expect(runs).toBe(2);
      await Promise.all(pools.map((pool) => pool.end()));
    });

    it("are not prepared any more", async () => {
      const pools = [0, 1].map(() => new Pool({ connectionString: pooler.url, max: 1 }));
      const names: (string | undefined)[] = [];
      for (const pool of pools) {
        const query = pool.query.bind(pool);
        pool.query = ((request: { name?: string }) => {
          names.push(request.name);
          return query(request as never);
        }) as typeof pool.query;
      }
      const [first, second] = pools.map((client) => postgresStore({ client })) as [
        PostgresStore<PoolClient>,
        PostgresStore<PoolClient>,
      ];
      await Promise.all([first.check(), second.check()]);
      await hold(first);
      names.length = 0;
      for (let round = 0; round < 3; round++) await hold(second);
      expect(names).toEqual([expect.stringMatching(/^latchhook_claim_/), undefined, undefined, undefined]);
      await Promise.all(pools.map((pool) => pool.end()));
    });

    it("as COMMIT was by the application, over another connection, do not make it a ROLLBACK", async () => {
      const wide = await startPgbouncer(database.url, 2);
      const sql = postgres(wide.url, { max: 1 });
      const holder = new Pool({ connectionString: wide.url, max: 1 });
      const store = postgresStore({ client: sql });
      const claim = await hold(store);
      await sql.begin(async () => {});
      // The connection on which that was is taken, so that the commit gets another.
      const held = await holder.connect();
      await held.query("BEGIN");
      expect(await store.commit(claim, retain, async () => {})).toBe("ok");
      await held.query("ROLLBACK");
      held.release();
      expect(await stateOf(store, claim.key)).toBe("completed");
      await Promise.all([sql.end(), holder.end()]);
      await wide.stop();
    });
  });
});
