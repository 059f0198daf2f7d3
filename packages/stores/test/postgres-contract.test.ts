import { PGlite, type Transaction } from "@electric-sql/pglite";
import { type StoreContractOptions, storeContract } from "@latchhook/testing";
import { Pool, type PoolClient } from "pg";
import postgres, { type Sql, type TransactionSql } from "postgres";
import { afterAll, beforeAll, describe, it } from "vitest";
import {
  createDatabase,
  describeWithServer,
  findPostgres,
  type TestDatabase,
} from "../../../test/support/servers.ts";
import { type PostgresStore, postgresStore } from "../src/postgres.ts";

const server = await findPostgres();

interface Fixture<Transaction> {
  readonly store: PostgresStore<Transaction>;
}

const emptyTables = "TRUNCATE latchhook_deliveries, effects";
const createEffects = "CREATE TABLE effects (place serial PRIMARY KEY, text text NOT NULL)";
const readEffects = "SELECT text FROM effects ORDER BY place";

/** Holds a lock under which the deliveries can be read and not written. */
async function blockWrites(pool: Pool): Promise<() => Promise<void>> {
  const connection = await pool.connect();
  await connection.query("BEGIN");
  await connection.query("LOCK TABLE latchhook_deliveries IN EXCLUSIVE MODE");
  return async () => {
    await connection.query("ROLLBACK");
    connection.release();
  };
}

function runContract<Transaction>(options: StoreContractOptions<Transaction, Fixture<Transaction>>): void {
  for (const { name, run } of storeContract(options)) it(name, run);
}

describeWithServer("postgresStore keeps the store contract", server, (serverUrl) => {
  let database: TestDatabase;
  let admin: Pool;

  beforeAll(async () => {
    database = await createDatabase(serverUrl);
    admin = new Pool({ connectionString: database.url, max: 4 });
    await admin.query(createEffects);
    await postgresStore({ client: admin }).migrate();
  });

  afterAll(async () => {
    await admin.end();
    await database.drop();
  });

  describe("with pg", () => {
    let pools: Pool[];

    beforeAll(() => {
      pools = [1, 2].map(() => new Pool({ connectionString: database.url, max: 10 }));
    });

    afterAll(async () => {
      await Promise.all(pools.map((pool) => pool.end()));
    });

    function storeOver(index: number): PostgresStore<PoolClient> {
      return postgresStore({ client: pools[index] as Pool });
    }

    runContract<PoolClient>({
      async create() {
        await admin.query(emptyTables);
        return { store: storeOver(0) };
      },
      connect: () => storeOver(1),
      transaction: {
        write: (client, text) => client.query("INSERT INTO effects (text) VALUES ($1)", [text]),
        read: async () => (await admin.query(readEffects)).rows.map((row) => row.text),
      },
      block: () => blockWrites(admin),
    });
  });

  describe("with postgres", () => {
    let clients: Sql[];

    beforeAll(() => {
      clients = [1, 2].map(() => postgres(database.url, { max: 10, onnotice: () => {} }));
    });

    afterAll(async () => {
      await Promise.all(clients.map((sql) => sql.end()));
    });

    function storeOver(index: number): PostgresStore<TransactionSql> {
      return postgresStore({ client: clients[index] as Sql });
    }

    runContract<TransactionSql>({
      async create() {
        await admin.query(emptyTables);
        return { store: storeOver(0) };
      },
      connect: () => storeOver(1),
      transaction: {
        // A query of postgres.js is lazy; the contract's cases want a promise that is under way.
        write: async (sql, text) => await sql`INSERT INTO effects (text) VALUES (${text})`,
        read: async () => (await admin.query(readEffects)).rows.map((row) => row.text),
      },
      block: () => blockWrites(admin),
    });
  });
});

describe("postgresStore keeps the store contract with PGlite", () => {
  let client: PGlite;

  beforeAll(async () => {
    client = await PGlite.create();
    await client.exec(createEffects);
    await postgresStore({ client }).migrate();
  });

  afterAll(() => client.close());

  const oneConnection = "PGlite has one connection, so nothing runs at the same time";
  runContract<Transaction>({
    async create() {
      await client.exec(emptyTables);
      return { store: postgresStore({ client }) };
    },
    transaction: {
      write: (transaction, text) => transaction.query("INSERT INTO effects (text) VALUES ($1)", [text]),
      read: async () => (await client.query<{ text: string }>(readEffects)).rows.map((row) => row.text),
    },
    skip: [
      "race: 64 claims of a new key have one winner",
      "race: 64 takers of an expired lease have one winner",
      "race: 64 takers of a failed delivery have one winner",
      "race: a late complete and 64 takers agree on who holds the claim",
    ].map((name) => ({ case: name, reason: oneConnection })),
  });
});
