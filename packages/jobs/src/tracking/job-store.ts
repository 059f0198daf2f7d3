import type { JobStatus, MaybePromise } from "@latchhook/core";
import type { JobPlace } from "../job-place.ts";

/** Whose jobs: one table serves several accounts and senders. */
export interface JobOwner {
  readonly scope: string;
  readonly provider: string;
}

/** What is known of a job. */
export interface TrackedJob {
  readonly provider: string;
  /** The sender's own id. */
  readonly id: string;
  /** Its kind in the sender's word, or null where nobody has said. */
  readonly kind: string | null;
  /** Its project, where the sender has such and somebody has said. */
  readonly projectId: string | null;
  /** The trace context in which it was created, as in a header `traceparent`; null where none was noted. */
  readonly traceparent: string | null;
  readonly status: JobStatus;
  readonly terminal: boolean;
  /** From 0 to 100, or null where nobody has said. */
  readonly progress: number | null;
  /** Whether the job's end has been persisted. Until then the reconciler looks after it. */
  readonly settled: boolean;
  /** What the last check met, such as `not-found`; null where all is well. */
  readonly problem: string | null;
  /** How many checks in a row have failed. */
  readonly failures: number;
  readonly createdAt: Date;
  /** When status or progress last changed. */
  readonly updatedAt: Date;
  /** When the sender last answered, or failed to answer, a question about it; null where it was never asked. */
  readonly checkedAt: Date | null;
}

/** Which jobs are listed. */
export interface ListOptions {
  readonly limit: number;
  /** The id of a job: only jobs that were created before it. */
  readonly before?: string | undefined;
}

/** How many jobs of a sender have one status. */
export interface JobCount {
  readonly provider: string;
  readonly status: JobStatus;
  readonly count: number;
}

/** News of a job. Its place and its trace are kept as they were when the job was first heard of. */
export interface JobNews extends JobPlace {
  readonly id: string;
  /** The trace context in which it was created. Default: none. */
  readonly traceparent?: string | null | undefined;
  readonly status: JobStatus;
  readonly progress: number | null;
  /** Whether the end that this announces has been persisted. */
  readonly settled: boolean;
  /** When the job should be checked next, in milliseconds from now. */
  readonly checkInMs: number;
  /** Whether this is the sender's own answer: only that replaces one end by another. */
  readonly authoritative: boolean;
}

export interface Postponement {
  /** In milliseconds from now. */
  readonly checkInMs: number;
  readonly failures: number;
  readonly problem: string | null;
  /** Whether the sender was asked. */
  readonly asked: boolean;
  /** True where the job's end is in doubt and has to be looked at again. */
  readonly unsettle?: boolean | undefined;
}

export interface ClaimDueOptions {
  readonly limit: number;
  /** For how long the jobs are nobody else's, in milliseconds. */
  readonly leaseMs: number;
}

/**
 * The table of jobs. Every operation is one atomic statement, time is the database's own, and any number of processes
 * may use one table.
 */
export interface JobStore {
  /** For messages: `"sqlite"`. */
  readonly name: string;
  /** Creates the table or upgrades it. */
  migrate(): Promise<void>;
  /**
   * Records news and returns the job as it now stands. Status only ever moves on, from `queued` over `processing` to
   * an end; news of an earlier status changes nothing, and an end gives way only to an authoritative other one.
   */
  advance(owner: JobOwner, news: JobNews): MaybePromise<TrackedJob>;
  get(owner: JobOwner, id: string): MaybePromise<TrackedJob | null>;
  /** The newest first. */
  list(owner: JobOwner, options: ListOptions): MaybePromise<readonly TrackedJob[]>;
  /** How many jobs have each status. A status that none has is left out. */
  count(owner: JobOwner): MaybePromise<readonly JobCount[]>;
  /** Takes unsettled jobs whose check is due. Another process gets none of them before the lease is over. */
  claimDue(owner: JobOwner, options: ClaimDueOptions): MaybePromise<readonly TrackedJob[]>;
  /** Sets the next check of a job. A settled one is left alone, unless it is to be unsettled. */
  postpone(owner: JobOwner, id: string, postponement: Postponement): MaybePromise<void>;
  /** Deletes up to `limit` settled jobs that have not changed for `olderThanMs`. Returns how many. */
  purge(owner: JobOwner, olderThanMs: number, limit: number): MaybePromise<number>;
  /** Releases what the store itself opened. */
  close(): MaybePromise<void>;
}
