import { sqlState } from "./sql-state.ts";

/** Whether statements are prepared by name, for one client. */
export interface Preparing {
  /**
   * Sends a statement, by name where that has worked so far. Where a pooler has lost the name or knows it already,
   * nothing is prepared from then on, and the statement, which did not run, is sent once more.
   */
  send<Result>(send: (prepared: boolean) => PromiseLike<Result>): Promise<Result>;
  /** The same within a transaction, which has failed with the statement: its error is thrown on. */
  sendInTransaction<Result>(send: (prepared: boolean) => PromiseLike<Result>): Promise<Result>;
}

/**
 * Prepares until a pooler is met that gives each transaction another connection and does not track prepared statements
 * (PgBouncer before 1.21, Supavisor).
 */
export function createPreparing(prepare: boolean): Preparing {
  let preparing = prepare;

  async function sendInTransaction<Result>(
    send: (prepared: boolean) => PromiseLike<Result>,
  ): Promise<Result> {
    const prepared = preparing;
    try {
      return await send(prepared);
    } catch (error) {
      if (prepared && isStatementLost(error)) preparing = false;
      throw error;
    }
  }

  return {
    sendInTransaction,
    async send(send) {
      const prepared = preparing;
      try {
        return await sendInTransaction(send);
      } catch (error) {
        if (!prepared || !isStatementLost(error)) throw error;
        return send(false);
      }
    },
  };
}

/** duplicate_prepared_statement, invalid_sql_statement_name: raised before the statement runs. */
export function isStatementLost(error: unknown): boolean {
  const state = sqlState(error);
  return state === "42P05" || state === "26000";
}
