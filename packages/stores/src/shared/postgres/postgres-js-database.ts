import { rememberCheck } from "../remember-check.ts";
import type { Database, Row, RunQuery, Statement } from "./database.ts";
import { createPreparing, type Preparing } from "./preparing.ts";

/** Rows as `postgres` gives them. */
export interface PostgresJsResult extends ReadonlyArray<unknown> {
  /** What the server has greeted the connection with. */
  readonly state?: { readonly pid: number };
}

/** A query of `postgres` that is sent when it is awaited. */
export interface PostgresJsQuery extends PromiseLike<PostgresJsResult> {
  /** Asks for rows as arrays of bytes, which no `transform.column` or `transform.value` sees. */
  raw(): PromiseLike<PostgresJsResult>;
}

export interface PostgresJsQueryOptions {
  readonly prepare: boolean;
  /** Asked when the query has been sent: whether another may be sent behind it before it is answered. */
  readonly onexecute?: () => boolean;
}

/** The subset of a transaction of `postgres` (`TransactionSql`) that the store needs. */
export interface PostgresJsTransaction {
  unsafe(query: string, parameters?: string[], options?: PostgresJsQueryOptions): PostgresJsQuery;
}

/** The subset of a `postgres` client (`Sql`) that the store needs. */
export interface PostgresJsSql<Transaction extends PostgresJsTransaction = PostgresJsTransaction>
  extends PostgresJsTransaction {
  begin(options: string, body: (transaction: Transaction) => Promise<void>): Promise<unknown>;
  readonly options: {
    readonly prepare: boolean;
    readonly max?: number | undefined;
    /** What the application has `postgres` change in what comes back. */
    readonly transform?: {
      readonly column?: { readonly from?: unknown };
      readonly value?: { readonly from?: unknown };
      readonly row?: { readonly from?: unknown };
    };
  };
}

/** PgBouncer before 1.21 gives the connection away with the first answer, whatever was sent behind the query. */
const alone: PostgresJsQueryOptions = { prepare: false, onexecute: () => false };

/** Speaks to PostgreSQL through `postgres`. */
export function postgresJsDatabase<Transaction extends PostgresJsTransaction>(
  sql: PostgresJsSql<Transaction>,
  prepare: boolean,
): Database<Transaction> {
  const preparing = createPreparing(prepare);
  const { column, value, row } = sql.options.transform ?? {};
  const read = column?.from || value?.from || row?.from ? readRaw : readRows;

  const pooled = rememberCheck("pooled", sql.options);
  const direct = rememberCheck("direct", sql.options);

  async function isPooled(): Promise<boolean> {
    if (direct.isPassed()) return false;
    if (pooled.isPassed()) return true;
    const found = await findPooler(sql);
    (found ? pooled : direct).pass();
    return found;
  }

  function queryOn(target: PostgresJsTransaction, send: Preparing["send"]): RunQuery {
    return async (statement, values) => {
      const isAlone = await isPooled();
      return send((prepared) => {
        const options = { prepare: prepared && statement.name !== undefined };
        const sent = isAlone ? { ...alone, ...options } : options;
        return read(target.unsafe(statement.text, [...values], sent), statement);
      });
    };
  }

  return {
    clientOptions: sql.options,
    query: queryOn(sql, preparing.send),
    connections: sql.options.max ?? 10,
    async transaction(body) {
      const isChained = await isPooled();
      await sql.begin("", async (transaction) => {
        await body(transaction, queryOn(transaction, preparing.sendInTransaction));
        // The client prepares even its COMMIT, and repeats it where a pooler has lost the name: by then the transaction
        // has failed, and the COMMIT is a ROLLBACK that looks done. What it commits here is an empty transaction.
        if (isChained) await transaction.unsafe("COMMIT AND CHAIN");
      });
    },
  };
}

/** Whether something stands between the client and the server: a pooler makes up the process id that it greets with. */
async function findPooler(sql: PostgresJsTransaction): Promise<boolean> {
  const rows: PostgresJsResult = await sql.unsafe("SELECT pg_backend_pid()", [], alone).raw();
  const [row] = rows as readonly (readonly (Uint8Array | null)[])[];
  return rows.state?.pid !== undefined && String(rows.state.pid) !== textOf(row?.[0]);
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
