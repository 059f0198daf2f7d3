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
import { hold, retain } from "./faulty-database.ts";

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
      const pool = new Pool({ connectionString: pooler.url, max: 1 });
      const names: string[] = [];
      const query = pool.query.bind(pool);
      pool.query = ((request: { name?: string }) => {
        if (request.name !== undefined) names.push(request.name);
        return query(request as never);
      }) as typeof pool.query;
      const store = postgresStore({ client: pool });
      await hold(store);
      for (let round = 0; round < 3; round++) await hold(store);
      expect(names.length).toBe(1);
      await pool.end();
    });
  });
});
