import type { Store } from "@latchhook/core";
import type { SkippedCase } from "./contract-case.ts";

/** A value, or the promise of one. */
export type Awaitable<Value> = Value | PromiseLike<Value>;

/** What `create` makes: the store, and whatever else the other hooks need to know of it. */
export interface StoreFixture<Transaction> {
  readonly store: Store<Transaction>;
}

/** How the suite makes a store and looks behind it. Hooks that are left out leave their cases out. */
export interface StoreContractOptions<Transaction, Fixture extends StoreFixture<Transaction>> {
  /**
   * Makes an empty store. Called once for each case; the suite closes the store.
   *
   * @param clock `now` is the virtual time in milliseconds, for stores with `clock: "virtual"`.
   */
  create(clock: StoreClock): Awaitable<Fixture>;
  /**
   * `"virtual"`: the store reads its time from what `create` was given, and the suite moves it. `"real"`: the suite
   * waits. Default: `"real"`.
   */
  readonly clock?: "real" | "virtual" | undefined;
  /**
   * Opens another store over the same records, as a second process does. Races and fencing are then tried across
   * both. The suite closes it.
   */
  readonly connect?: ((fixture: Fixture) => Awaitable<Store<Transaction>>) | undefined;
  /** How to write and read beside the records; needed for a store with `commit`. */
  readonly transaction?: TransactionHooks<Transaction, Fixture> | undefined;
  /** Whether the store keeps an inbox. Its cases are listed only then. Default: false. */
  readonly inbox?: boolean | undefined;
  /**
   * Makes every write of the store fail, by holding a lock for instance, until the returned function is called. The
   * store must give up on a blocked write within ten seconds.
   */
  readonly block?: ((fixture: Fixture) => Awaitable<() => unknown>) | undefined;
  /** Cleans up, after the store was closed. */
  readonly destroy?: ((fixture: Fixture) => unknown) | undefined;
  /** Cases that the store cannot pass. The reason is shown with the case. */
  readonly skip?: readonly SkippedCase[] | undefined;
}

export interface StoreClock {
  /** Milliseconds since the epoch, so to speak. It moves only when the suite moves it. */
  readonly now: () => number;
}

export interface TransactionHooks<Transaction, Fixture> {
  /** Whether `work` must be synchronous, as with SQLite. Default: false. */
  readonly synchronous?: boolean | undefined;
  /** Writes `text` in the transaction. Returns a promise unless `synchronous`. */
  readonly write: (transaction: Transaction, text: string) => unknown;
  /** All texts that were written and committed, read outside of any transaction. */
  readonly read: (fixture: Fixture) => Awaitable<readonly string[]>;
}
