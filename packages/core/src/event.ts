/** The vocabulary that every sender's job status is translated to. */
export type JobStatus = "queued" | "processing" | "completed" | "failed" | "cancelled" | "expired";

/** The sender's asynchronous job that an event is about. */
export interface Job {
  /** The sender's own id of the job. */
  readonly id: string;
  readonly status: JobStatus;
  /** Whether the job has ended: no later status can follow a terminal one. */
  readonly terminal: boolean;
}

interface EventBase {
  /** The name of the provider that verified the event, such as `"ai-stats"`. */
  readonly provider: string;
  /**
   * The sender's id of the event, the same over all retries: use it as the idempotency key of effects outside your
   * database. Where the sender signed no id, it is the delivery key.
   */
  readonly id: string;
  /** The job, where the event is about one and its id and status could be read. */
  readonly job: Job | null;
  /** When it happened, by the sender's clock, as far as the sender signs it. */
  readonly occurredAt: Date | null;
}

/** An event whose type and shape this version knows. */
export interface KnownEvent<Type extends string, Data> extends EventBase {
  /** The sender's own name of the event. */
  readonly type: Type;
  readonly known: true;
  /** The sender's own payload, untouched. It may hold signed URLs: do not log it. */
  readonly data: Data;
}

/** Never exists at run time: a string enum is the one kind of string that TypeScript matches with no literal. */
declare enum UnknownTypeName {
  value = "a type that this version does not know",
}

/**
 * The type of an event that this version does not know: at run time any string. It matches no literal, so that
 * `event.type === "video.completed"` narrows to the known event alone.
 */
export type UnknownType = UnknownTypeName;

/**
 * An authentic event of a type or a shape that this version does not know. It is delivered all the same: nothing that
 * a sender signed is dropped. Its `type` can be a familiar name when the payload does not have the familiar shape.
 */
export interface UnknownEvent extends EventBase {
  readonly type: UnknownType;
  readonly known: false;
  readonly data: unknown;
}

/** Any event: what code that serves all senders works with. */
export type WebhookEvent = KnownEvent<string, unknown> | UnknownEvent;

const terminalStatuses: ReadonlySet<JobStatus> = new Set(["completed", "failed", "cancelled", "expired"]);

/** Whether a job in this status has ended. */
export function isTerminal(status: JobStatus): boolean {
  return terminalStatuses.has(status);
}

/** The job of an event, or null unless its id is a non-empty string and its status is known. */
export function toJob(id: unknown, status: JobStatus | undefined): Job | null {
  if (typeof id !== "string" || id === "" || status === undefined) return null;
  return { id, status, terminal: isTerminal(status) };
}
