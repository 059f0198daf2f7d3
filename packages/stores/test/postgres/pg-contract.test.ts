import { Pool, type PoolClient } from "pg";
import { postgresStore } from "../../src/postgres.ts";
import { describeContract } from "./contract-database.ts";

await describeContract<PoolClient>("postgresStore keeps the store contract, with pg", {
  open(url) {
    const pool = new Pool({ connectionString: url, max: 10 });
    return { createStore: () => postgresStore({ client: pool }), end: () => pool.end() };
  },
  write: (client, text) => client.query("INSERT INTO effects (text) VALUES ($1)", [text]),
});
