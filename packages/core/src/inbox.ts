import type {
  AttemptRecord,
  InboxDelivery,
  InboxFailureGroup,
  InboxFilter,
  InboxTally,
  OutcomeCount,
} from "./inbox/inbox-store.ts";
import type { Outcome } from "./outcome.ts";

/** What is kept of deliveries. */
export interface InboxOptions {
  /**
   * Whose bodies are kept: of those that failed, until they succeed; of all; of none. Without its body a delivery cannot
   * be replayed. Default: `failed`.
   */
  readonly body?: "none" | "failed" | "all" | undefined;
  /** For how many days bodies are kept. Default: 14. */
  readonly bodyDays?: number | undefined;
  /** For how many days all of it is kept. Default: 30. */
  readonly days?: number | undefined;
  /**
   * Names of headers that are kept to be seen. Signatures, authorization and cookies never are. Default: none. With a
   * body those are kept that the provider needs to read it again, such as the event's name.
   */
  readonly headers?: readonly string[] | undefined;
  /**
   * Members of bodies that the page and exports hide, beside those whose name says that they are secret: paths such as
   * `data.prompt`, `*` for any member. What is kept stays as it was signed.
   */
  readonly redact?: readonly string[] | undefined;
  /**
   * A key of 32 bytes, in base64, or several: bodies are encrypted with the first (AES-256-GCM) and decrypted with any.
   * Default: they are kept as they came.
   */
  readonly encrypt?: string | readonly string[] | undefined;
}

export interface InboxListOptions extends InboxFilter {
  /** Where the page before ended: its `next`. */
  readonly before?: number | undefined;
  /** Default: 50; at most 500. */
  readonly limit?: number | undefined;
}

export interface InboxPage {
  /** Newest first. */
  readonly deliveries: readonly InboxDelivery[];
  /** What `before` is for the next page; null where this is the last. */
  readonly next: number | null;
}

/** A delivery with its attempts, and what is kept of its request. */
export interface InboxDetails {
  readonly delivery: InboxDelivery;
  /** Oldest first. */
  readonly attempts: readonly AttemptRecord[];
  /** The headers that are kept. */
  readonly headers: readonly (readonly [string, string])[];
  /** The body's bytes as they were signed; null where none are kept. */
  readonly body: Uint8Array | null;
  /** The body as JSON, with `{ hidden: <characters> }` in place of what is hidden; null where it is none. */
  readonly redacted: unknown;
}

export interface ReplayOptions {
  /** Who asked for it, in at most 500 characters; becomes part of the attempt. */
  readonly actor: string;
  /** Also where the delivery is done: its callback runs a second time. Default: false. */
  readonly force?: boolean | undefined;
}

/** Why a delivery was not replayed. */
export interface ReplayRefusal {
  readonly code: "not-found" | "no-body" | "already-done" | "unreadable";
}

export interface BulkReplayOptions extends ReplayOptions {
  /** At most so many, the oldest first. Default and maximum: 1,000. */
  readonly limit?: number | undefined;
  /** Stops before the next one. */
  readonly signal?: AbortSignal | undefined;
  /** Told after each. */
  readonly onProgress?: ((progress: BulkReplay) => void) | undefined;
}

/** How far a bulk replay came. */
export interface BulkReplay {
  readonly planned: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  /** Null while it runs. `failures`: ten in a row failed. */
  readonly ended: "all" | "cancelled" | "failures" | null;
}

/** What happened to a receiver's deliveries: those of its own provider and scope. `receiver.inbox`, and of every adapter's handler `webhook.inbox`. */
export interface Inbox {
  list(options?: InboxListOptions): Promise<InboxPage>;
  get(key: string): Promise<InboxDetails | null>;
  /** How many match; counted up to 1,001. */
  count(filter?: InboxFilter): Promise<number>;
  failures(): Promise<readonly InboxFailureGroup[]>;
  tally(): Promise<readonly InboxTally[]>;
  /** Counts of requests per minute from `since` on, in milliseconds since the epoch. */
  counts(since: number): Promise<readonly OutcomeCount[]>;
  /**
   * Runs a delivery again from the bytes that were kept, through the same claim as the sender's own retries: of both only
   * one runs. The signature is not verified again; it was when the delivery came.
   */
  replay(key: string, options: ReplayOptions): Promise<Outcome | ReplayRefusal>;
  /** Replays what matches and has not succeeded, the oldest first, four at a time; stops after ten failures in a row. */
  replayAll(filter: InboxFilter, options: BulkReplayOptions): Promise<BulkReplay>;
  dismiss(key: string): Promise<boolean>;
  dropBody(key: string): Promise<boolean>;
  /** How many attempts could not be written, by this process. */
  dropped(): number;
  /** Writes what waits to be written. `receiver.close` does so too. */
  flush(): Promise<void>;
}
