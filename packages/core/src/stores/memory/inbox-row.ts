import type { AttemptRecord, InboxDelivery, InboxRecord, InboxState } from "../../inbox/inbox-store.ts";

type Mutable<Type> = { -readonly [Member in keyof Type]: Type[Member] };

/** A delivery as the memory store keeps it. Its state is worked out when it is read. */
export interface InboxRow {
  readonly kept: Mutable<Omit<InboxDelivery, "state" | "hasBody" | "bodyUntil">>;
  state: "done" | "failed" | "dismissed";
  attempts: AttemptRecord[];
  readonly headers: string | null;
  body: Uint8Array | null;
  bodyUntil: number;
}

/** How many attempts of a delivery are kept. */
const mostAttempts = 200;

/** A row for a delivery that is new to the inbox. */
export function newRow({ delivery, attempt, state }: InboxRecord, sequence: number): InboxRow {
  return {
    // Member by member: an object that is spread costs more than all the rest of a row.
    kept: {
      key: delivery.key,
      sequence,
      scope: delivery.scope,
      provider: delivery.provider,
      eventId: delivery.eventId,
      type: delivery.type,
      jobId: delivery.jobId,
      jobStatus: delivery.jobStatus,
      known: delivery.known,
      secretIndex: delivery.secretIndex,
      maxAttempts: delivery.maxAttempts,
      deadAt: delivery.deadAt,
      bodyBytes: delivery.bodyBytes,
      requests: 0,
      runs: 0,
      replays: 0,
      lastOutcome: attempt.outcome,
      lastStatus: attempt.status,
      lastDurationMs: attempt.durationMs,
      errorName: attempt.errorName,
      error: attempt.error,
      errorFrame: attempt.errorFrame,
      senderAttempt: attempt.senderAttempt,
      expiresAt: 0,
      receivedAt: attempt.at,
      lastAt: attempt.at,
    },
    state,
    attempts: [],
    headers: delivery.headers,
    body: null,
    bodyUntil: 0,
  };
}

/** Adds what every attempt adds. */
export function addAttempt(row: InboxRow, { attempt, retainMs }: InboxRecord, now: number): void {
  const { kept } = row;
  row.attempts.push(attempt);
  if (row.attempts.length > mostAttempts) row.attempts.shift();
  if (attempt.source === "http" && !attempt.late) kept.requests++;
  if (attempt.source === "replay" && !attempt.late) kept.replays++;
  if (attempt.outcome === "processed" || attempt.outcome === "persist-failed") kept.runs++;
  kept.lastOutcome = attempt.outcome;
  kept.lastStatus = attempt.status;
  kept.lastDurationMs = attempt.durationMs;
  kept.lastAt = Math.max(kept.lastAt, attempt.at);
  kept.senderAttempt = attempt.senderAttempt ?? kept.senderAttempt;
  kept.expiresAt = now + retainMs;
}

/** Changes what only an attempt that ended a claim changes. */
export function changeState(row: InboxRow, { delivery, attempt, state }: InboxRecord): void {
  const { kept } = row;
  row.state = state;
  kept.jobStatus = delivery.jobStatus;
  kept.deadAt = Math.min(kept.deadAt, delivery.deadAt);
  kept.bodyBytes = delivery.bodyBytes;
  kept.errorName = attempt.errorName;
  kept.error = attempt.error;
  kept.errorFrame = attempt.errorFrame;
}

/** The delivery as it is read. */
export function toDelivery(row: InboxRow, isRunning: (key: string) => boolean, now: number): InboxDelivery {
  const hasBody = row.body !== null;
  return {
    ...row.kept,
    state: stateOf(row, isRunning, now),
    hasBody,
    bodyUntil: hasBody ? row.bodyUntil : null,
  };
}

function stateOf(row: InboxRow, isRunning: (key: string) => boolean, now: number): InboxState {
  if (isRunning(row.kept.key)) return "running";
  return row.state === "failed" && row.kept.deadAt <= now ? "dead" : row.state;
}
