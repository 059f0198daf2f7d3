import type { CommitWork, Delivery, Store } from "@latchhook/core";
import type { EventRow } from "./event-row.ts";
import type { EventsTable } from "./events-table.ts";

/** Where deliveries are recorded and events are kept. */
export interface Persistence<Transaction = unknown> {
  readonly store: Store<Transaction>;
  /** Writes the row. Resolves once it is durable. */
  save(row: EventRow, delivery: Delivery<Transaction>): Promise<void>;
  /** Oldest first. */
  list(): Promise<EventRow[]>;
  close(): Promise<void>;
}

/** What a store was opened with, and how to release that. */
export interface OpenStore<Transaction = unknown> {
  readonly store: Store<Transaction>;
  close(): Promise<void>;
}

/** Store and table in one database: the row and the mark "done" are one commit, so the effect is exactly once. */
export function sharedPersistence<Transaction>(
  { store, close }: OpenStore<Transaction>,
  events: EventsTable<Transaction>,
): Persistence<Transaction> {
  return {
    store,
    async save(row, delivery) {
      const work = (transaction: Transaction): unknown => events.insertWithin(transaction, row);
      // Which store it is, is not known here, nor so whether it has transactions: `EventsTable` sees to that.
      await delivery.commit(work as CommitWork<Transaction, unknown>);
    },
    list: events.list,
    close: () => closeBoth(events, close),
  };
}

/**
 * Store and table apart: the row is written first, then the delivery is marked done. A crash in between lets the
 * sender's next attempt write the row again, so the effect is at least once.
 */
export function separatePersistence<Transaction, OtherTransaction>(
  { store, close }: OpenStore<Transaction>,
  events: EventsTable<OtherTransaction>,
): Persistence<Transaction> {
  return {
    store,
    save: (row) => events.insert(row),
    list: events.list,
    close: () => closeBoth(events, close),
  };
}

async function closeBoth(events: EventsTable<never>, closeStore: () => Promise<void>): Promise<void> {
  await events.close();
  await closeStore();
}
