/** One SQL statement of the store. */
export interface Statement {
  /** Under which clients that prepare by name keep it; unique to its text. Without one it is not prepared. */
  readonly name?: string;
  readonly text: string;
  /** What it returns, in order. A client may be set to rename columns; the store's rows keep these names. */
  readonly columns?: readonly string[];
}

/** A row by the statement's own names. */
export type Row = Readonly<Record<string, unknown>>;

/** Runs a statement. All values are texts; the SQL casts them, so that no client's type mapping matters. */
export type RunQuery = (statement: Statement, values: readonly string[]) => Promise<readonly Row[]>;

/** What the store needs of a PostgreSQL client, whichever it is. */
export interface Database<Transaction> {
  /** The client's own, where it has them: they say which server it speaks to. */
  readonly clientOptions?: unknown;
  readonly query: RunQuery;
  /** How many connections the client opens at most. */
  readonly connections: number;
  /**
   * Runs `body` between BEGIN and COMMIT, on one connection, and rolls back when it rejects. `transaction` is the
   * client's own handle, `query` runs the store's statements on the same connection. The connection goes back to its
   * pool in every case.
   */
  transaction(body: (transaction: Transaction, query: RunQuery) => Promise<void>): Promise<void>;
}
