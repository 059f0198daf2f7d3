import { type StoreContractOptions, storeContract } from "@latchhook/testing";
import { Pool } from "pg";
import { afterAll, beforeAll, it } from "vitest";
import {
  createDatabase,
  describeWithServer,
  type FoundServer,
  findPostgres,
  type TestDatabase,
} from "../../../../test/support/servers.ts";
import { type PostgresStore, postgresStore } from "../../src/postgres.ts";

/** The table beside the deliveries that the contract writes to. */
export const createEffects = "CREATE TABLE effects (place serial PRIMARY KEY, text text NOT NULL)";
export const readEffects = "SELECT text FROM effects ORDER BY place";
export const emptyTables =
  "TRUNCATE latchhook_deliveries, latchhook_inbox, latchhook_inbox_attempts, latchhook_inbox_counts, effects";

/** Something in front of the database, through which the clients reach it. */
export interface Pooler {
  readonly found: FoundServer;
  start(databaseUrl: string): Promise<{ readonly url: string; stop(): Promise<void> }>;
}

const noPooler: Pooler = { found: { url: "" }, start: async (url) => ({ url, stop: async () => {} }) };

/** What differs between the clients. */
export interface ClientUnderTest<Transaction> {
  /** A client of its own, and how to make stores over it. */
  open(url: string): { createStore(): PostgresStore<Transaction>; end(): Promise<unknown> };
  write(transaction: Transaction, text: string): Promise<unknown>;
}

/** Runs the store contract over two clients, as two processes would have, in a database of its own. */
export async function describeContract<Transaction>(
  name: string,
  client: ClientUnderTest<Transaction>,
  pooler: Pooler = noPooler,
): Promise<void> {
  const server = await findPostgres();
  describeWithServer(name, "url" in pooler.found ? server : pooler.found, () => {
    const serverUrl = "url" in server ? server.url : "";
    let database: TestDatabase;
    let front: Awaited<ReturnType<Pooler["start"]>>;
    let admin: Pool;
    let opened: readonly ReturnType<ClientUnderTest<Transaction>["open"]>[];

    beforeAll(async () => {
      database = await createDatabase(serverUrl);
      admin = new Pool({ connectionString: database.url, max: 4 });
      await admin.query(createEffects);
      await postgresStore({ client: admin }).migrate();
      front = await pooler.start(database.url);
      opened = [client.open(front.url), client.open(front.url)];
    });

    afterAll(async () => {
      await Promise.all([admin, ...opened].map((one) => one.end()));
      await front.stop();
      await database.drop();
    });

    const storeOver = (index: number): PostgresStore<Transaction> => {
      const one = opened[index];
      if (one === undefined) throw new Error("There are two clients.");
      return one.createStore();
    };

    const options: StoreContractOptions<Transaction, { readonly store: PostgresStore<Transaction> }> = {
      async create() {
        await admin.query(emptyTables);
        return { store: storeOver(0) };
      },
      connect: () => storeOver(1),
      transaction: {
        write: client.write,
        read: async () => (await admin.query(readEffects)).rows.map((row) => row.text),
      },
      inbox: true,
      block: () => blockWrites(admin),
    };
    for (const { name, run } of storeContract(options)) it(name, run);
  });
}

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
