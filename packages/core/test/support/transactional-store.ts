import type { Store } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";

/** Writes that are kept only if the transaction commits. */
export interface RowTransaction {
  insert(row: string): void;
}

/** A store that keeps rows of its user beside the deliveries, and commits both at once. */
export interface TransactionalStore extends Store<RowTransaction> {
  /** What was committed. */
  readonly rows: readonly string[];
  /** Runs when the work is done, before the commit: throws to let it fail, or answers "lost". */
  beforeCommit: (() => "lost" | undefined) | undefined;
  /** How often the work of one commit is run; more than once as after a serialization failure. */
  runs: number;
}

export function transactionalStore(): TransactionalStore {
  const rows: string[] = [];
  const store: TransactionalStore = {
    ...(memoryStore() as Store),
    name: "rows",
    rows,
    beforeCommit: undefined,
    runs: 1,
    async commit(claim, options, work) {
      let staged: string[] = [];
      for (let run = 0; run < store.runs; run++) {
        staged = [];
        const insert = (row: string): void => {
          staged.push(row);
        };
        await work({ insert });
      }
      if (store.beforeCommit?.() === "lost") return "lost";
      if ((await store.complete(claim, options)) === "lost") return "lost";
      rows.push(...staged);
      return "ok";
    },
  };
  return store;
}
