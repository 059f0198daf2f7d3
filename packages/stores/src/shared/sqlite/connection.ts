import type { SqliteDatabase, SqliteStatement, SqliteValue } from "./driver.ts";

/** A row by column name. */
export type Row = Readonly<Record<string, unknown>>;

/** A connection with its prepared statements. Parameters are positional. */
export interface Connection {
  /** Runs a query. */
  read(sql: string, ...parameters: SqliteValue[]): readonly Row[];
  /** Runs a statement that returns nothing. Returns how many rows it changed. Only in `transaction`. */
  write(sql: string, ...parameters: SqliteValue[]): number;
  /** Runs `body` between BEGIN IMMEDIATE and COMMIT; rolls back what throws. */
  transaction<Result>(body: () => Result): Result;
}

/**
 * Wraps a driver's connection.
 *
 * Two habits of libsql 0.5.29 shape it. A prepared statement that meets SQLITE_BUSY stays in progress: its next
 * `get()` runs with the parameters it had before, and later writes on the connection are not committed although
 * they return. So a lock is only ever waited for in `exec("BEGIN IMMEDIATE")`, which leaves nothing behind; `get` is
 * not used; and prepared statements are dropped after a failure.
 *
 * An explicit BEGIN also keeps the store out of a transaction that the application has open on its own connection:
 * SQLite refuses to nest them. And IMMEDIATE takes the write lock first: a transaction that begins by reading cannot
 * wait for it, and fails at once (https://www.sqlite.org/rescode.html#busy_snapshot).
 */
export function createConnection(database: SqliteDatabase): Connection {
  const statements = new Map<string, SqliteStatement>();

  function prepare(sql: string): SqliteStatement {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  function rollBack(): void {
    statements.clear();
    try {
      database.exec("ROLLBACK");
    } catch {
      // A full disk or an I/O error has rolled back already.
    }
  }

  return {
    read(sql, ...parameters) {
      try {
        return prepare(sql).all(...parameters) as Row[];
      } catch (error) {
        statements.delete(sql);
        throw error;
      }
    },
    write: (sql, ...parameters) => Number(prepare(sql).run(...parameters).changes),
    transaction(body) {
      database.exec("BEGIN IMMEDIATE");
      try {
        const result = body();
        database.exec("COMMIT");
        return result;
      } catch (error) {
        rollBack();
        throw error;
      }
    },
  };
}
