import type { OutcomeCode } from "../outcome.ts";
import type { DeliverySource } from "../reading/trust.ts";
import type { MaybePromise } from "../shared/maybe-promise.ts";

/**
 * What became of a delivery. `running`: a claim of it stands now. `failed`: it has not succeeded, and the sender is
 * expected to try again. `dead`: it has not, and the sender will not. `dismissed`: somebody said that it need not.
 */
export type InboxState = "running" | "failed" | "done" | "dead" | "dismissed";

/** One request, replay or reconciled delivery of a key. */
export interface AttemptRecord {
  /** When it was received, in milliseconds since the epoch. */
  readonly at: number;
  readonly source: DeliverySource;
  readonly outcome: OutcomeCode;
  readonly reason: string | null;
  /** The HTTP status that was answered; of what did not come over HTTP, what would have been. */
  readonly status: number;
  readonly durationMs: number;
  /** How often the key had been claimed, this time included; null where it was not. */
  readonly claimAttempt: number | null;
  /** The sender's own, signed attempt number. */
  readonly senderAttempt: number | null;
  /** The end of a callback whose request had been answered before. It is no request more. */
  readonly late: boolean;
  /** What was thrown: its name, and its message on one line of at most 500 characters. */
  readonly errorName: string | null;
  readonly error: string | null;
  /** The first frame of the user's own code, on one line. */
  readonly errorFrame: string | null;
  /** Who replayed it. */
  readonly actor: string | null;
}

/** What is known of a delivery at one of its attempts. The first attempt's stands, but for what can change. */
export interface DeliveryRecord {
  readonly key: string;
  readonly scope: string;
  readonly provider: string;
  readonly eventId: string;
  readonly type: string;
  readonly jobId: string | null;
  /** Changes with each attempt. */
  readonly jobStatus: string | null;
  readonly known: boolean;
  readonly secretIndex: number | null;
  /** How many attempts the sender makes, or null where it does not say. */
  readonly maxAttempts: number | null;
  /**
   * When the sender gives up, in milliseconds since the epoch: a failure from then on is dead. The earlier of what is
   * kept and what an attempt says stands.
   */
  readonly deadAt: number;
  readonly bodyBytes: number;
  /** The headers that are kept to be seen, as JSON of a list of pairs; null where none are. */
  readonly headers: string | null;
}

/** What an attempt adds to the inbox, written by the store together with what it changes of the claim. */
export interface InboxRecord {
  readonly delivery: DeliveryRecord;
  readonly attempt: AttemptRecord;
  /** The state that the delivery has from now on. */
  readonly state: "done" | "failed";
  /** Bytes to keep (opaque to the store, perhaps encrypted), or what is to become of those that are kept. */
  readonly body: Uint8Array | "keep" | "drop";
  /** For how long the body is kept from now on, in milliseconds. */
  readonly bodyRetainMs: number;
  /** For how long all of it is kept from now on, in milliseconds. */
  readonly retainMs: number;
}

/** How often requests ended in one way within one minute. */
export interface OutcomeCount {
  /** The minute's beginning, in milliseconds since the epoch. */
  readonly minute: number;
  readonly scope: string;
  readonly provider: string;
  readonly outcome: OutcomeCode;
  /** Empty where there is none. */
  readonly reason: string;
  /** How long they took: the bucket's upper end in milliseconds, one of `durationBuckets`; 0 of what was refused. */
  readonly bucketMs: number;
  /** Which secret verified them; -1 where none did. */
  readonly secretIndex: number;
  readonly count: number;
}

/** Upper ends of the buckets that durations are counted in, in milliseconds. */
export const durationBuckets: readonly number[] = [
  5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 2_147_483_647,
];

/** Which deliveries: what is left out does not matter. */
export interface InboxFilter {
  readonly provider?: string | undefined;
  readonly scope?: string | undefined;
  readonly state?: InboxState | undefined;
  readonly type?: string | undefined;
  /** The last attempt's outcome. */
  readonly outcome?: OutcomeCode | undefined;
  /** The last attempt's error, as it is kept. */
  readonly error?: string | undefined;
  /** First received at or after, in milliseconds since the epoch. */
  readonly since?: number | undefined;
  /** First received before, in milliseconds since the epoch. */
  readonly until?: number | undefined;
  /** A delivery key, an event id or a job id, whole. */
  readonly search?: string | undefined;
}

export interface InboxQuery extends InboxFilter {
  /** Only deliveries with a lower sequence: where the page before ended. */
  readonly before?: number | undefined;
  /** Only deliveries with a higher sequence, and then the oldest first. Not together with `before`. */
  readonly after?: number | undefined;
  /** At most so many. */
  readonly limit: number;
}

/** A delivery as it is kept. */
export interface InboxDelivery {
  readonly key: string;
  /** Grows with each delivery that is new to the inbox. Pages go by it: two may have come in one millisecond. */
  readonly sequence: number;
  readonly scope: string;
  readonly provider: string;
  readonly eventId: string;
  readonly type: string;
  readonly jobId: string | null;
  readonly jobStatus: string | null;
  readonly known: boolean;
  readonly state: InboxState;
  /** How often it came over HTTP. */
  readonly requests: number;
  /** How often the callback ran to an end. */
  readonly runs: number;
  readonly replays: number;
  readonly lastOutcome: OutcomeCode;
  readonly lastStatus: number;
  readonly lastDurationMs: number;
  /** Of the last attempt that was not a duplicate or in flight. */
  readonly errorName: string | null;
  readonly error: string | null;
  readonly errorFrame: string | null;
  readonly senderAttempt: number | null;
  readonly maxAttempts: number | null;
  readonly deadAt: number;
  readonly secretIndex: number | null;
  readonly bodyBytes: number;
  /** Whether its body is kept. */
  readonly hasBody: boolean;
  /** When the kept body goes, in milliseconds since the epoch; null where none is kept. */
  readonly bodyUntil: number | null;
  /** When it goes altogether, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** First and last attempt, in milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly lastAt: number;
}

/** A delivery with all that is kept of it. */
export interface InboxEntry {
  readonly delivery: InboxDelivery;
  /** Oldest first; the last 200 of them. */
  readonly attempts: readonly AttemptRecord[];
  /** As it was given: `DeliveryRecord.headers`. */
  readonly headers: string | null;
  /** As it was given; null where none is kept. */
  readonly body: Uint8Array | null;
}

/** How many deliveries of a sender have not succeeded. Counts end at 1,001: there are more. */
export interface InboxTally {
  readonly provider: string;
  readonly scope: string;
  readonly failed: number;
  readonly dead: number;
  /** When the oldest of them came first, in milliseconds since the epoch; null where there is none. */
  readonly oldestFailedAt: number | null;
  /** When a delivery last succeeded; null where none is kept. */
  readonly lastSuccessAt: number | null;
}

/** Deliveries that failed with one error. Counts end at 1,001. */
export interface InboxFailureGroup {
  readonly provider: string;
  readonly scope: string;
  readonly errorName: string | null;
  readonly error: string | null;
  readonly errorFrame: string | null;
  readonly outcome: OutcomeCode;
  readonly failed: number;
  readonly dead: number;
  /** Milliseconds since the epoch. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** One of them, the newest. */
  readonly newestKey: string;
  /** Types of them, at most 5. */
  readonly types: readonly string[];
}

/**
 * The part of a store that keeps what people want to find out. What an attempt adds is written by `complete`, `fail`
 * and `commit` of the store themselves, in the same statement or transaction as what they change of the claim; the
 * rest is here. Reads have a limit of their own (5 s) and never block a claim. All of it goes when it expires: `purge` of
 * the store removes bodies and rows.
 */
export interface InboxStore {
  /**
   * Adds attempts that changed no claim (duplicates, those that were in flight, passed deadlines) and counts, all or
   * nothing. A delivery that is new gets a row, with the record's state and body; of one that is there neither state nor
   * error nor body changes, but its counts and what is said of its last attempt.
   */
  note(attempts: readonly InboxRecord[], counts: readonly OutcomeCount[]): MaybePromise<void>;
  /** Newest first, by sequence; with `after` the oldest first. */
  list(query: InboxQuery): MaybePromise<readonly InboxDelivery[]>;
  /** How many match, up to `limit`. */
  count(filter: InboxFilter, limit: number): MaybePromise<number>;
  find(key: string): MaybePromise<InboxEntry | null>;
  /** Failed and dead deliveries by provider, scope and error; newest group first, at most `limit`. */
  failures(limit: number): MaybePromise<readonly InboxFailureGroup[]>;
  /** Per provider and scope that has any delivery. */
  tally(): MaybePromise<readonly InboxTally[]>;
  /** Counts of the minutes from `since` on, in milliseconds since the epoch. */
  counts(since: number): MaybePromise<readonly OutcomeCount[]>;
  /** A failed or dead delivery need not succeed any more. Whether there was such a one. */
  dismiss(key: string): MaybePromise<boolean>;
  /** Whether there was a body to drop. */
  dropBody(key: string): MaybePromise<boolean>;
}
