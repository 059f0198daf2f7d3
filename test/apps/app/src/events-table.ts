import type { EventRow } from "./event-row.ts";

/** The app's own table. */
export interface EventsTable<Transaction> {
  /** Inserts in a transaction of its own. */
  insert(row: EventRow): Promise<void>;
  /** Inserts within the store's transaction, which marks the delivery done as well. */
  insertWithin(transaction: Transaction, row: EventRow): unknown;
  /** Oldest first. */
  list(): Promise<EventRow[]>;
  close(): Promise<void>;
}
