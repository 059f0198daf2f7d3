import type { Database, Row, RunQuery, Statement } from "./database.ts";
import { createPreparing, type Preparing } from "./preparing.ts";

/** A query as `pg` takes it. */
export interface PgQuery {
  readonly name?: string;
  readonly text: string;
  readonly values: string[];
}

/** The subset of a `pg` connection (`PoolClient`) that the store needs. */
export interface PgConnection {
  query(query: PgQuery): Promise<{ readonly rows: unknown[] }>;
  query(text: string): Promise<unknown>;
  on(event: "error", listener: (error: Error) => void): unknown;
  removeListener(event: "error", listener: (error: Error) => void): unknown;
  release(destroy?: boolean): void;
}

/** The subset of a `pg` `Pool` that the store needs. Pools made after it, such as Neon's, fit as well. */
export interface PgPool<Connection extends PgConnection = PgConnection> {
  connect(): Promise<Connection>;
  // The overload is there for type inference, which pairs the overloads of `pg` with these.
  connect(callback: (error: Error | undefined, connection: Connection | undefined) => void): void;
  query(query: PgQuery): Promise<{ readonly rows: unknown[] }>;
  /** Tells a pool from a single connection, which could not serve two requests at once. */
  readonly totalCount: number;
  /** What it was made with. */
  readonly options?: { readonly max?: number | undefined } | undefined;
}

/** Speaks to PostgreSQL through a `pg` pool. */
export function pgDatabase<Connection extends PgConnection>(
  pool: PgPool<Connection>,
  prepare: boolean,
): Database<Connection> {
  const preparing = createPreparing(prepare);

  function queryOn(target: Pick<PgPool, "query">, send: Preparing["send"]): RunQuery {
    return async (statement, values) => {
      const { rows } = await send((prepared) => target.query(toQuery(statement, values, prepared)));
      return rows as readonly Row[];
    };
  }

  return {
    clientOptions: pool.options,
    connections: pool.options?.max ?? 10,
    query: queryOn(pool, preparing.send),
    async transaction(body) {
      const connection = await pool.connect();
      let broken = false;
      // A connection that is cut between two queries emits "error", which ends the process where nobody listens.
      const onError = (): void => {
        broken = true;
      };
      connection.on("error", onError);
      try {
        await connection.query("BEGIN");
        await body(connection, queryOn(connection, preparing.sendInTransaction));
        await connection.query("COMMIT");
      } catch (error) {
        // A connection that cannot roll back is not fit for the next user: it is closed, not pooled.
        await connection.query("ROLLBACK").catch(onError);
        throw error;
      } finally {
        connection.removeListener("error", onError);
        connection.release(broken);
      }
    },
  };
}

function toQuery({ name, text }: Statement, values: readonly string[], prepared: boolean): PgQuery {
  const query = { text, values: [...values] };
  return prepared && name !== undefined ? { name, ...query } : query;
}
