import type { SignedWebhook } from "@latchhook/testing";

/** When a sender gives up waiting, and how it tries again. */
export interface Schedule {
  readonly timeoutMs: number;
  /** The pauses after the first, second … attempt, in milliseconds. One attempt more than pauses is made. */
  readonly gapsMs: readonly number[];
}

/** One event on its way to one receiver, over all its attempts. */
export interface Outgoing {
  /** The sender's name, as `senders` of `@latchhook/testing` has it. */
  readonly sender: string;
  readonly jobId: string;
  readonly type: string;
  readonly url: URL;
  readonly schedule: Schedule;
  /** Whether it announces the job's end. */
  readonly last: boolean;
  /** The unsigned header that a forger would change, where one is compared with the body. */
  readonly metadataHeader?: string | undefined;
  /** Whether nothing binds the body: then a changed one is no forgery that could be told. */
  readonly unsignedBody?: boolean | undefined;
  /** Whether nothing that is signed says when it was sent: then it has no stale copies. */
  readonly undated?: boolean | undefined;
  /** Makes one attempt anew: its clock, its number and the job's data are of this moment. */
  sign(attempt: number, stale: boolean): SignedWebhook;
  /** Told that the receiver answered 410, where the sender takes that for a farewell: nothing more is sent. */
  readonly gone?: (() => void) | undefined;
}

/** What became of one request that was sent, or held back. */
export interface DeliveryRecord {
  /** The sender's name, as `senders` of `@latchhook/testing` has it. */
  readonly sender: string;
  readonly jobId: string;
  readonly type: string;
  readonly url: string;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly kind: "honest" | "duplicate" | "forged" | "stale" | "dropped";
  /** ISO 8601. */
  readonly sentAt: string;
  readonly status: number | null;
  readonly error: "timeout" | "unreachable" | null;
  readonly preview: string | null;
}
