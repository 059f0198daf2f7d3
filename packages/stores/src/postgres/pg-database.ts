import type { Database, Row, RunQuery, Statement } from "./database.ts";

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
  readonly options?: object | undefined;
}

/** Speaks to PostgreSQL through a `pg` pool. */
export function pgDatabase<Connection extends PgConnection>(
  pool: PgPool<Connection>,
  prepare: boolean,
): Database<Connection> {
  function toQuery({ name, text }: Statement, values: readonly string[]): PgQuery {
    const query = { text, values: [...values] };
    return prepare && name !== undefined ? { name, ...query } : query;
  }

  function queryOn(target: Pick<PgPool, "query">): RunQuery {
    return async (statement, values) => {
      const { rows } = await target.query(toQuery(statement, values));
      return rows as readonly Row[];
    };
  }

  return {
    clientOptions: pool.options,
    query: queryOn(pool),
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
        await body(connection, queryOn(connection));
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
