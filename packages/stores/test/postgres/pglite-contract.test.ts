import { PGlite, type Transaction } from "@electric-sql/pglite";
import { storeContract } from "@latchhook/testing";
import { afterAll, beforeAll, describe, it } from "vitest";
import { type PostgresStore, postgresStore } from "../../src/postgres.ts";
import { createEffects, emptyTables, readEffects } from "./contract-database.ts";

describe("postgresStore keeps the store contract, with PGlite", () => {
  let client: PGlite;

  beforeAll(async () => {
    client = await PGlite.create();
    await client.exec(createEffects);
    await postgresStore({ client }).migrate();
  });

  afterAll(() => client.close());

  const oneConnection = "PGlite has one connection, so nothing runs at the same time";
  const cases = storeContract<Transaction, { readonly store: PostgresStore<Transaction> }>({
    async create() {
      await client.exec(emptyTables);
      return { store: postgresStore({ client }) };
    },
    transaction: {
      write: (transaction, text) => transaction.query("INSERT INTO effects (text) VALUES ($1)", [text]),
      read: async () => (await client.query<{ text: string }>(readEffects)).rows.map((row) => row.text),
    },
    inbox: true,
    skip: [
      { case: "reopen: of 64 takers one wins", reason: oneConnection },
      { case: "race: 64 claims of a new key have one winner", reason: oneConnection },
      { case: "race: 64 takers of an expired lease have one winner", reason: oneConnection },
      { case: "race: 64 takers of a failed delivery have one winner", reason: oneConnection },
      { case: "race: a late complete and 64 takers agree on who holds the claim", reason: oneConnection },
      {
        case: "claim: the process's clock does not end a lease",
        reason: "PGlite runs in the process and has its clock",
      },
    ],
  });
  for (const { name, run } of cases) it(name, run);
});
