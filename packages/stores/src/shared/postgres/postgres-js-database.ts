import type { Database, Row, RunQuery, Statement } from "./database.ts";
import { createPreparing, type Preparing } from "./preparing.ts";

/** A query of `postgres` that is sent when it is awaited. */
export interface PostgresJsQuery extends PromiseLike<readonly unknown[]> {
  /** Asks for rows as arrays of bytes, which no `transform.column` or `transform.value` sees. */
  raw(): PromiseLike<readonly unknown[]>;
}

/** The subset of a transaction of `postgres` (`TransactionSql`) that the store needs. */
export interface PostgresJsTransaction {
  unsafe(query: string, parameters?: string[], options?: { readonly prepare: boolean }): PostgresJsQuery;
}

/** The subset of a `postgres` client (`Sql`) that the store needs. */
export interface PostgresJsSql<Transaction extends PostgresJsTransaction = PostgresJsTransaction>
  extends PostgresJsTransaction {
  begin(options: string, body: (transaction: Transaction) => Promise<void>): Promise<unknown>;
  readonly options: {
    readonly prepare: boolean;
    /** What the application has `postgres` change in what comes back. */
    readonly transform?: {
      readonly column?: { readonly from?: unknown };
      readonly value?: { readonly from?: unknown };
      readonly row?: { readonly from?: unknown };
    };
  };
}

/** Speaks to PostgreSQL through `postgres`. */
export function postgresJsDatabase<Transaction extends PostgresJsTransaction>(
  sql: PostgresJsSql<Transaction>,
  prepare: boolean,
): Database<Transaction> {
  const preparing = createPreparing(prepare);
  const { column, value, row } = sql.options.transform ?? {};
  const read = column?.from || value?.from || row?.from ? readRaw : readRows;

  function queryOn(target: PostgresJsTransaction, send: Preparing["send"]): RunQuery {
    return (statement, values) =>
      send((prepared) => {
        const options = { prepare: prepared && statement.name !== undefined };
        return read(target.unsafe(statement.text, [...values], options), statement);
      });
  }

  return {
    query: queryOn(sql, preparing.send),
    async transaction(body) {
      await sql.begin("", (transaction) =>
        body(transaction, queryOn(transaction, preparing.sendInTransaction)),
      );
    },
  };
}

async function readRows(query: PostgresJsQuery): Promise<readonly Row[]> {
  return (await query) as readonly Row[];
}

/** Reads rows that the application's transforms would change, by the order of their columns. */
async function readRaw(query: PostgresJsQuery, { columns = [] }: Statement): Promise<readonly Row[]> {
  const rows = (await query.raw()) as readonly (readonly (Uint8Array | null)[])[];
  return rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, textOf(row[index])])));
}

function textOf(bytes: Uint8Array | null | undefined): string | null {
  return bytes == null ? null : new TextDecoder().decode(bytes);
}
