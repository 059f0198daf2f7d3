import { drizzle } from "drizzle-orm/node-postgres";
import { Kysely, PostgresDialect } from "kysely";
import { Client, Pool } from "pg";
import postgres, { type TransactionSql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createDatabase,
  describeWithServer,
  findPostgres,
  type TestDatabase,
} from "../../../../test/support/servers.ts";
import { postgresStore } from "../../src/postgres.ts";
import { toStoreError } from "../../src/shared/postgres/database-error.ts";
import { sqlState } from "../../src/shared/postgres/sql-state.ts";
import { describeContract } from "./contract-database.ts";
import { hold, retain, stateOf } from "./faulty-database.ts";

describe("postgresStore refuses, when it is made, a client that cannot work, and says what to pass", () => {
  const pool = new Pool();
  const method = (): void => {};
  const clients: Readonly<Record<string, readonly [unknown, RegExp]>> = {
    "a Client of pg": [new Client(), /a single Client: pass a Pool/],
    Drizzle: [drizzle({ client: pool }), /Drizzle database: pass its client, `db\.\$client`/],
    Kysely: [new Kysely({ dialect: new PostgresDialect({ pool }) }), /Kysely instance: pass the Pool/],
    // By the methods that their documentation names.
    Prisma: [{ $queryRawUnsafe: method, $transaction: method }, /Prisma client: pass a Pool/],
    Knex: [Object.assign(method.bind(null), { raw: method, queryBuilder: method }), /Knex instance/],
    Sequelize: [{ authenticate: method, define: method, query: method }, /Sequelize instance/],
    TypeORM: [{ createQueryRunner: method, query: method }, /TypeORM data source/],
    mysql2: [{ query: method, execute: method, format: method, getConnection: method }, /MySQL/],
    "pg-promise": [{ $pool: pool, query: method }, /its pool, `db\.\$pool`/],
    "Neon over HTTP": [
      Object.assign(method.bind(null), { query: method, transaction: method }),
      /Neon's `Pool`/,
    ],
    nothing: [undefined, /client must be a Pool of pg/],
  };
  it.each(Object.entries(clients))("%s", (_name, [client, message]) => {
    const make = (): unknown => postgresStore({ client: client as Pool });
    expect(make).toThrow(expect.objectContaining({ code: "invalid-option" }));
    expect(make).toThrow(message);
  });
});

describe("the code of an error", () => {
  it.each(["42P01", "40001", "P0001", "XX000", "F0000", "HV000", "UR001"])("%s is a SQLSTATE", (code) => {
    expect(sqlState(Object.assign(new Error(), { code }))).toBe(code);
  });

  it.each(["P2010", "P1001", "EPIPE", "EBUSY", "ECONNRESET", "42p01", ""])("%s is none", (code) => {
    const error = Object.assign(new Error(), { code });
    expect(sqlState(error)).toBeUndefined();
    const subject = { tables: "tables are", packageName: "", remedy: "", rights: "" };
    expect(toStoreError(error, "claim", subject).message).toContain("the connection failed");
  });
});

const server = await findPostgres();

// Whatever the application has `postgres` make of columns, values and rows, the store asks for none of it.
const transforms: Readonly<Record<string, postgres.Options<never>["transform"]>> = {
  camel: postgres.camel,
  pascal: postgres.pascal,
  kebab: postgres.kebab,
  undefined: { undefined: null },
  "value.from": { value: { from: (value) => ({ wrapped: value }) } },
  "row.from": { row: { from: (row) => ({ ...row, more: true }) } },
};

await describeContract<TransactionSql>(
  "postgresStore keeps the store contract, with transforms of postgres",
  {
    open(url) {
      const value = { from: (value: unknown): unknown => ({ wrapped: value }) };
      const sql = postgres(url, { max: 10, transform: { ...postgres.pascal, value } });
      return { createStore: () => postgresStore({ client: sql }), end: () => sql.end() };
    },
    write: async (sql, text) => await sql`INSERT INTO effects (text) VALUES (${text})`,
  },
);

describeWithServer("transforms of postgres change nothing", server, (serverUrl) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createDatabase(serverUrl);
  });

  afterAll(() => database.drop());

  it.each(Object.entries(transforms))("%s", async (name, transform) => {
    const sql = postgres(database.url, { max: 2, ...(transform === undefined ? {} : { transform }) });
    const store = postgresStore({ client: sql, tablePrefix: `${name.replace(".", "_")}_` });
    await store.migrate();
    await store.migrate();
    const claims = await Promise.all([hold(store), hold(store), hold(store)]);
    expect(new Set(claims.map(({ key }) => key)).size).toBe(3);
    for (const claim of claims.slice(1)) expect(await store.complete(claim, { retainMs: 1 })).toBe("ok");
    const [first] = claims;
    expect(await store.commit(first, retain, () => {})).toBe("ok");
    expect(await stateOf(store, first.key)).toBe("completed");
    await expect.poll(() => store.purge(10)).toBe(2);
    await sql.end();
  });
});
