import type { Database, Row, RunQuery } from "./database.ts";

/** The subset of a PGlite transaction that the store needs. */
export interface PgliteTransaction {
  query(text: string, values?: string[]): Promise<{ readonly rows: unknown[] }>;
}

/** The subset of a `PGlite` that the store needs. */
export interface PgliteClient<Transaction extends PgliteTransaction = PgliteTransaction>
  extends PgliteTransaction {
  transaction(body: (transaction: Transaction) => Promise<void>): Promise<unknown>;
  exec(sql: string): Promise<unknown>;
}

/** Speaks to PGlite, PostgreSQL within the process. It has one connection, so transactions wait for each other. */
export function pgliteDatabase<Transaction extends PgliteTransaction>(
  client: PgliteClient<Transaction>,
): Database<Transaction> {
  function queryOn(target: PgliteTransaction): RunQuery {
    return async ({ text }, values) => (await target.query(text, [...values])).rows as readonly Row[];
  }

  return {
    query: queryOn(client),
    connections: 1,
    async transaction(body) {
      await client.transaction((transaction) => body(transaction, queryOn(transaction)));
    },
  };
}
