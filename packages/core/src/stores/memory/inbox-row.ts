import type {
  AttemptRecord,
  DeliveryRecord,
  InboxDelivery,
  InboxRecord,
  InboxState,
} from "../../inbox/inbox-store.ts";

/**
 * A delivery as the memory store keeps it: of records what they are made of, for copying costs more than all the rest.
 * What people read is put together when they do.
 */
export interface InboxRow {
  readonly sequence: number;
  /** As the first attempt said. */
  readonly first: DeliveryRecord;
  /** As the last attempt said that changed the state. */
  latest: DeliveryRecord;
  /** That attempt. */
  ended: AttemptRecord;
  /** Oldest first, at least one. */
  attempts: AttemptRecord[];
  state: "done" | "failed" | "dismissed";
  deadAt: number;
  requests: number;
  runs: number;
  replays: number;
  senderAttempt: number | null;
  readonly receivedAt: number;
  lastAt: number;
  expiresAt: number;
  body: Uint8Array | null;
  bodyUntil: number;
}

/** How many attempts of a delivery are kept. */
const mostAttempts = 200;

/** A row for a delivery that is new to the inbox. */
export function newRow(
  { delivery, attempt, state, retainMs }: InboxRecord,
  sequence: number,
  now: number,
): InboxRow {
  const row: InboxRow = {
    sequence,
    first: delivery,
    latest: delivery,
    ended: attempt,
    attempts: [attempt],
    state,
    deadAt: delivery.deadAt,
    requests: 0,
    runs: 0,
    replays: 0,
    senderAttempt: attempt.senderAttempt,
    receivedAt: attempt.at,
    lastAt: attempt.at,
    expiresAt: now + retainMs,
    body: null,
    bodyUntil: 0,
  };
  count(row, attempt);
  return row;
}

/** Adds what every further attempt adds. */
export function addAttempt(row: InboxRow, { attempt, retainMs }: InboxRecord, now: number): void {
  row.attempts.push(attempt);
  if (row.attempts.length > mostAttempts) row.attempts.shift();
  row.lastAt = Math.max(row.lastAt, attempt.at);
  row.senderAttempt = attempt.senderAttempt ?? row.senderAttempt;
  row.expiresAt = now + retainMs;
  count(row, attempt);
}

function count(row: InboxRow, { source, late, outcome }: AttemptRecord): void {
  if (source === "http" && !late) row.requests++;
  if (source === "replay" && !late) row.replays++;
  if (outcome === "processed" || outcome === "persist-failed") row.runs++;
}

/** Changes what only an attempt that ended a claim changes. */
export function changeState(row: InboxRow, { delivery, attempt, state }: InboxRecord): void {
  row.state = state;
  row.latest = delivery;
  row.ended = attempt;
  row.deadAt = Math.min(row.deadAt, delivery.deadAt);
}

/** The delivery as it is read. */
export function toDelivery(row: InboxRow, isRunning: (key: string) => boolean, now: number): InboxDelivery {
  const { first, latest, ended, attempts, body } = row;
  const last = attempts.at(-1) ?? ended;
  const { headers, ...said } = first;
  const { sequence, requests, runs, replays, senderAttempt, deadAt, receivedAt, lastAt, expiresAt } = row;
  return {
    ...said,
    jobStatus: latest.jobStatus,
    bodyBytes: latest.bodyBytes,
    state: stateOf(row, isRunning, now),
    lastOutcome: last.outcome,
    lastStatus: last.status,
    lastDurationMs: last.durationMs,
    errorName: ended.errorName,
    error: ended.error,
    errorFrame: ended.errorFrame,
    hasBody: body !== null,
    bodyUntil: body === null ? null : row.bodyUntil,
    ...{ sequence, requests, runs, replays, senderAttempt, deadAt, receivedAt, lastAt, expiresAt },
  };
}

function stateOf(
  { first, state, deadAt }: InboxRow,
  isRunning: (key: string) => boolean,
  now: number,
): InboxState {
  if (isRunning(first.key)) return "running";
  return state === "failed" && deadAt <= now ? "dead" : state;
}
