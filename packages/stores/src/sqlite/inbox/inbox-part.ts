import { Buffer } from "node:buffer";
import type { InboxRecord, InboxStore, MaybePromise } from "@latchhook/core";
import type { Connection } from "../../shared/sqlite/connection.ts";
import type { SqliteDatabase } from "../../shared/sqlite/driver.ts";
import { isUnfit } from "../../shared/sqlite/errors.ts";
import type { Clock } from "../deliveries.ts";
import type { LazyConnections } from "../lazy-connections.ts";
import type { Tables } from "../schema.ts";
import { createInbox, inboxMissing } from "./inbox.ts";
import { createInboxPurger, type InboxPurger } from "./purge.ts";
import { inboxProbe } from "./schema.ts";
import { createInboxWriter } from "./write.ts";

/** Writes a record on the connection whose transaction is open. */
export type WriteRecord = (connection: Connection) => void;

/** What a store has for its inbox. */
export interface InboxPart {
  readonly inbox: InboxStore;
  readonly purger: InboxPurger;
  /**
   * Runs a transaction that writes a record; where the inbox cannot take it, or is not there, once more without.
   */
  record<Result>(record: (() => InboxRecord) | undefined, attempt: (write: WriteRecord) => Result): Result;
  /** The same for a delivery that is reopened, and so not done any more. */
  reopen<Result>(key: string, attempt: (write: WriteRecord) => Result): Result;
  /** Purges, where the inbox is there. */
  purge(connection: Connection, limit: number): Promise<number>;
  /** @throws LatchhookError `store-misconfigured` where the inbox is missing. */
  check(connection: Connection): void;
}

export function createInboxPart<Database extends SqliteDatabase>(
  tables: Tables,
  clock: Clock,
  connections: LazyConnections<Database>,
  retry: <Result>(attempt: () => Result) => MaybePromise<Result>,
): InboxPart {
  // On one machine this is the clock of SQLite too, and it is read under the lock.
  const readTime = (): number => clock() ?? Date.now();
  const writer = createInboxWriter(tables);
  const purger = createInboxPurger(tables, readTime, retry);
  // Two parameters: libsql takes a lone Buffer for named ones, and panics. So with `dropBody`.
  const reopen = `UPDATE ${tables.inbox} SET state = ? WHERE key = ? AND state = 'done'`;

  function explain<Result>(attempt: () => Result): Result {
    try {
      return attempt();
    } catch (error) {
      throw isUnfit(error) ? inboxMissing(tables, error) : error;
    }
  }

  return {
    purger,
    inbox: createInbox(tables, readTime, writer, {
      write: async (body) =>
        connections.use(({ leases }) => retry(() => explain(() => leases.transaction(() => body(leases))))),
      read: async () => (await connections.use((opened) => opened)).reader(),
    }),
    record: (record, attempt) =>
      record === undefined
        ? attempt(() => {})
        : withOrWithout(attempt, (connection) => writer.write(connection, record(), readTime())),
    reopen: (key, attempt) =>
      withOrWithout(
        attempt,
        (connection) => void connection.write(reopen, "failed", Buffer.from(key, "hex")),
      ),
    async purge(connection, limit) {
      try {
        return limit > 0 ? await purger.purge(connection, limit) : 0;
      } catch (error) {
        if (error instanceof Error && isUnfit(error.cause)) return 0;
        throw error;
      }
    },
    check: (connection) => explain(() => void connection.read(inboxProbe(tables))),
  };
}

function withOrWithout<Result>(attempt: (write: WriteRecord) => Result, write: WriteRecord): Result {
  try {
    return attempt(write);
  } catch (error) {
    if (!isUnfit(error)) throw error;
    return attempt(() => {});
  }
}
