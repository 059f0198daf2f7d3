import type { Database, Row, RunQuery } from "./database.ts";

/** The subset of a transaction of `postgres` (`TransactionSql`) that the store needs. */
export interface PostgresJsTransaction {
  unsafe(
    query: string,
    parameters?: string[],
    options?: { readonly prepare: boolean },
  ): PromiseLike<readonly unknown[]>;
}

/** The subset of a `postgres` client (`Sql`) that the store needs. */
export interface PostgresJsSql<Transaction extends PostgresJsTransaction = PostgresJsTransaction>
  extends PostgresJsTransaction {
  begin(options: string, body: (transaction: Transaction) => Promise<void>): Promise<unknown>;
  readonly options: { readonly prepare: boolean };
}

/** Speaks to PostgreSQL through `postgres`. */
export function postgresJsDatabase<Transaction extends PostgresJsTransaction>(
  sql: PostgresJsSql<Transaction>,
  prepare: boolean,
): Database<Transaction> {
  function queryOn(target: PostgresJsTransaction): RunQuery {
    return async ({ name, text }, values) => {
      const rows = await target.unsafe(text, [...values], { prepare: prepare && name !== undefined });
      return rows as readonly Row[];
    };
  }

  return {
    clientOptions: sql.options,
    query: queryOn(sql),
    async transaction(body) {
      await sql.begin("", (transaction) => body(transaction, queryOn(transaction)));
    },
  };
}
