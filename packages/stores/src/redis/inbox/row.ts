import type { AttemptRecord, InboxDelivery, InboxRecord, InboxState } from "@latchhook/core";
import { duration, type FlatRecord, flatRecord } from "../../shared/inbox/flat-record.ts";
import { toBase64 } from "./base64.ts";

// A row is one string: a JSON array, whose members have these places. It takes less than the same in a hash, and goes
// to the client as it is.
const columns = [
  ...(["sequence", "state", "requests", "runs", "replays", "receivedAt", "lastAt", "expiresAt"] as const),
  ...(["bodyUntil", "deadAt", "jobStatus", "bodyBytes", "errorName", "error", "errorFrame"] as const),
  ...(["senderAttempt", "attempt", "key", "scope", "provider", "eventId", "type", "jobId", "known"] as const),
  ...(["secretIndex", "maxAttempts", "headers"] as const),
];

const attemptColumns = [
  ...([
    "at",
    "source",
    "outcome",
    "reason",
    "status",
    "durationMs",
    "claimAttempt",
    "senderAttempt",
  ] as const),
  ...(["late", "errorName", "error", "errorFrame", "actor"] as const),
];

/** A row by the names of its columns. The last attempt is in it, so that a first success is one string. */
interface Row extends Omit<InboxDelivery, "hasBody" | "lastOutcome" | "lastStatus" | "lastDurationMs"> {
  readonly bodyUntil: number;
  readonly attempt: PackedAttempt;
  readonly headers: string | null;
}

/** An attempt's members in the order of their columns. */
export type PackedAttempt = readonly unknown[];

/** A delivery as the scripts answer it: its state now, whether its body is there, and its row. */
export type FoundRow = readonly [state: InboxState, hasBody: 0 | 1, row: readonly unknown[]];

/** Where Lua, which counts from 1, finds the members of a row, and of an attempt. */
export const column = places(columns);
export const attemptColumn = places(attemptColumns);

function places<Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, index) => [name, index + 1])) as Record<Name, number>;
}

/** What the scripts take of a record: the row of a new delivery, the body, its retention, and the row's. */
export function recordValues(record: InboxRecord): readonly string[] {
  const { body, bodyRetainMs, retainMs } = record;
  const row = newRow(flatRecord(record), record);
  return [
    JSON.stringify(columns.map((name) => row[name])),
    typeof body === "string" ? body : `:${toBase64(body)}`,
    String(duration(bodyRetainMs)),
    String(duration(retainMs)),
  ];
}

// Sequence, expiry and the body's end are the server's to say.
function newRow(flat: FlatRecord, { state, attempt: { source, outcome } }: InboxRecord): Row {
  const countsAs = (kind: AttemptRecord["source"]): number => (source === kind && !flat.late ? 1 : 0);
  const errors = { errorName: flat.error_name, error: flat.error, errorFrame: flat.error_frame };
  const attempt: AttemptRecord = {
    at: flat.at,
    source,
    outcome,
    reason: flat.reason,
    status: flat.status,
    durationMs: flat.duration_ms,
    claimAttempt: flat.claim_attempt,
    senderAttempt: flat.sender_attempt,
    late: flat.late,
    ...errors,
    actor: flat.actor,
  };
  return {
    sequence: 0,
    state,
    requests: countsAs("http"),
    replays: countsAs("replay"),
    runs: outcome === "processed" || outcome === "persist-failed" ? 1 : 0,
    receivedAt: flat.at,
    lastAt: flat.at,
    expiresAt: 0,
    bodyUntil: 0,
    deadAt: flat.dead_at,
    jobStatus: flat.job_status,
    bodyBytes: flat.body_bytes,
    ...errors,
    senderAttempt: flat.sender_attempt,
    attempt: attemptColumns.map((name) => attempt[name]),
    key: flat.key,
    scope: flat.scope,
    provider: flat.provider,
    eventId: flat.event_id,
    type: flat.type,
    jobId: flat.job_id,
    known: flat.known,
    secretIndex: flat.secret_index,
    maxAttempts: flat.max_attempts,
    headers: flat.headers,
  };
}

function readRow(row: readonly unknown[]): Row {
  return Object.fromEntries(columns.map((name, index) => [name, row[index]])) as unknown as Row;
}

export function toDelivery([state, body, packed]: FoundRow): InboxDelivery {
  const { attempt, headers, bodyUntil, ...kept } = readRow(packed);
  const { outcome, status, durationMs } = toAttempt(attempt);
  const hasBody = body === 1;
  return {
    ...{ ...kept, state, hasBody, bodyUntil: hasBody ? bodyUntil : null },
    ...{ lastOutcome: outcome, lastStatus: status, lastDurationMs: durationMs },
  };
}

export function toAttempt(packed: PackedAttempt): AttemptRecord {
  return Object.fromEntries(
    attemptColumns.map((name, index) => [name, packed[index]]),
  ) as unknown as AttemptRecord;
}

/** What a found delivery has beside what is in `toDelivery`. */
export function lastAttemptAndHeaders([, , packed]: FoundRow): Pick<Row, "attempt" | "headers"> {
  const { attempt, headers } = readRow(packed);
  return { attempt, headers };
}
