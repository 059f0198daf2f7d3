import postgres, { type TransactionSql } from "postgres";
import { postgresStore } from "../../src/postgres.ts";
import { describeContract } from "./contract-database.ts";

await describeContract<TransactionSql>("postgresStore keeps the store contract, with postgres", {
  open(url) {
    const sql = postgres(url, { max: 10 });
    return { createStore: () => postgresStore({ client: sql }), end: () => sql.end() };
  },
  // Its queries are lazy; the contract's cases want a promise that is under way.
  write: async (sql, text) => await sql`INSERT INTO effects (text) VALUES (${text})`,
});
