/** One SQL statement of the store. */
export interface Statement {
  /** Under which clients that prepare by name keep it; unique to its text. Without one it is not prepared. */
  readonly name?: string;
  readonly text: string;
}

/** A row as every client gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** Runs a statement. All values are texts; the SQL casts them, so that no client's type mapping matters. */
export type RunQuery = (statement: Statement, values: readonly string[]) => Promise<readonly Row[]>;

/** What the store needs of a PostgreSQL client, whichever it is. */
export interface Database<Transaction> {
  /** The client's own, where it has them: they say which server it speaks to. */
  readonly clientOptions?: unknown;
  readonly query: RunQuery;
  /**
   * Runs `body` between BEGIN and COMMIT, on one connection, and rolls back when it rejects. `transaction` is the
   * client's own handle, `query` runs the store's statements on the same connection. The connection goes back to its
   * pool in every case.
   */
  transaction(body: (transaction: Transaction, query: RunQuery) => Promise<void>): Promise<void>;
}
