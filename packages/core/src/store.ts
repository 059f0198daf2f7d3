import type { InboxRecord } from "./inbox/inbox-store.ts";
import type { StoreInbox } from "./inbox/store-inbox.ts";
import type { MaybePromise } from "./shared/maybe-promise.ts";

/** One held claim: the right to run the callback for a key, until its lease ends or another takes it over. */
export interface Claim {
  /** The delivery key: 64 lower-case hex digits. */
  readonly key: string;
  /** Who holds it: unique to one request. */
  readonly owner: string;
  /**
   * The fencing token. Each claim of a key gets a greater one than any before it, whatever happened in between
   * (failure, expiry, purge): what a paused process does under an old one is refused.
   */
  readonly fence: number;
}

export interface ClaimOptions {
  readonly owner: string;
  /** For how long the claim stands without being extended, in milliseconds, by the store's clock. */
  readonly leaseMs: number;
  /** For how long an unfinished record is kept after its lease, in milliseconds. */
  readonly retainMs: number;
}

export type ClaimResult =
  | {
      readonly state: "claimed";
      readonly fence: number;
      /** How many times the key has been claimed, this one included. */
      readonly attempt: number;
      /** Whether an earlier holder's lease ran out: it may have crashed half-way. */
      readonly takeover: boolean;
    }
  | { readonly state: "completed" }
  | {
      readonly state: "in-flight";
      /** When the holder's lease ends, in milliseconds from now. */
      readonly retryAfterMs: number;
    };

/** Whether an operation was applied, or the claim is no longer the current one. */
export type ClaimUpdate = "ok" | "lost";

export interface FailOptions {
  /** What the inbox keeps of the attempt, asked for when it is written. Default: nothing. */
  readonly record?: (() => InboxRecord) | undefined;
}

export interface RetainOptions extends FailOptions {
  /** For how long the completed record is kept, in milliseconds. `Infinity`: it is never purged. */
  readonly retainMs: number;
}

/**
 * Where deliveries are recorded. The contract suite of `@latchhook/testing` is its definition; in short:
 *
 * - `claim` is one atomic operation with exactly one winner. Expiry is judged by the store's own clock within it.
 * - Every later operation compares owner, fence and state, and changes nothing when one differs. A claim whose lease
 *   has run out but that nobody has taken over is still the current one.
 * - The same owner may repeat every operation: a lost reply locks nobody out.
 * - `fail` makes the key claimable at once and never deletes the record.
 * - An operation that cannot be done rejects (or throws). It never answers by guess.
 */
export interface Store<Transaction = never> {
  /** For messages: `"sqlite"`. */
  readonly name: string;
  /** What people should know before they rely on it in production; the receiver says it once. */
  readonly productionWarning?: string | undefined;
  /** The version of its schema, for people to see; left out where it has none. */
  readonly schemaVersion?: number | undefined;
  /**
   * Whether heartbeats may wait for a connection behind commits of this process. One that waits while its own delivery
   * commits is then no lost lease: the commit decides by the claim itself.
   */
  readonly heartbeatsWaitForCommits?: boolean | undefined;
  claim(key: string, options: ClaimOptions): MaybePromise<ClaimResult>;
  /** Lets the lease end `leaseMs` from now. */
  extend(claim: Claim, leaseMs: number): MaybePromise<ClaimUpdate>;
  /** Marks the delivery done, durably: a later claim of the key answers `completed` for `retainMs`. */
  complete(claim: Claim, options: RetainOptions): MaybePromise<ClaimUpdate>;
  /** Gives the claim back: the next claim of the key wins at once. */
  fail(claim: Claim, options?: FailOptions): MaybePromise<ClaimUpdate>;
  /**
   * Runs `work` and `complete` as one transaction. Nothing of `work` stays when it throws, when the claim is lost or
   * when the commit fails. An error that `work` throws is thrown on unchanged.
   */
  commit?(
    claim: Claim,
    options: RetainOptions,
    work: (transaction: Transaction) => unknown,
  ): MaybePromise<ClaimUpdate>;
  /**
   * Claims a key that is completed, under a fence above all before it: for a replay that is to run again what is done.
   * A key that is not completed is claimed as `claim` does.
   */
  reopen?(key: string, options: ClaimOptions): MaybePromise<ClaimResult>;
  /** What it keeps for people to find out, where it can: records that are passed along are written then. */
  readonly inbox?: StoreInbox | undefined;
  /** Deletes up to `limit` records whose retention is over, never one in flight. Returns how many it deleted. */
  purge(limit: number): MaybePromise<number>;
  /** Releases what the store itself opened. */
  close(): MaybePromise<void>;
}
