import type { Replay } from "./reading/trust.ts";

/** What `persist` learns of the delivery itself. */
export interface Delivery<Transaction = never> {
  /** The dedupe key: 64 lower-case hex digits, the same over all retries of this delivery. */
  readonly key: string;
  /** The sender's own, signed attempt number; where it signs none, how often this delivery has been claimed here. */
  readonly attempt: number;
  /** How many attempts the sender makes, or null where it does not say. */
  readonly maxAttempts: number | null;
  /** Whether the sender will not try again if this attempt fails. False where it does not say. */
  readonly lastAttempt: boolean;
  /** When it came; of a replay, when the attempt came that is replayed. */
  readonly receivedAt: Date;
  /** Who asked for it to run again, when, and whether also if it is done; null where it came from its sender. */
  readonly replay: Replay | null;
  /** The request's headers. Most are not signed: decide nothing by them. */
  readonly headers: Headers;
  /** The bytes that were verified. */
  readonly rawBody: Uint8Array;
  /**
   * Aborts when the right to run is gone (the lease was lost, or `maxRunMs` is over): stop, for another process may
   * be running this delivery. It does not abort at the deadline.
   */
  readonly signal: AbortSignal;
  /**
   * Runs `work` and marks the delivery done in one transaction of the store's database: with it the effect is exactly
   * once. On SQLite `work` must be synchronous. A store without transactions takes no work at all (`never`): there, write
   * without it.
   *
   * @throws what `work` throws, unchanged; LatchhookError `lease-lost` when another process has taken over,
   * `store-unavailable` when the database fails, `commit-unsupported` on a store without transactions. In each case
   * nothing of `work` stays.
   */
  commit<Result>(work: CommitWork<Transaction, Result>): Promise<Awaited<Result>>;
}

/** What `commit` takes: nothing can be passed where the store has no transactions. */
export type CommitWork<Transaction, Result> = [Transaction] extends [never]
  ? never
  : (transaction: Transaction) => Result;
