import { Buffer } from "node:buffer";
import type { InboxRecord, OutcomeCount } from "@latchhook/core";
import { flatRecord, plainText, whole } from "../../shared/inbox/flat-record.ts";
import type { Connection } from "../../shared/sqlite/connection.ts";
import type { SqliteValue } from "../../shared/sqlite/driver.ts";
import type { Tables } from "../schema.ts";

/** Writes the inbox, in a transaction of the caller's. */
export interface InboxWriter {
  /** Adds an attempt that ended its claim. */
  write(connection: Connection, record: InboxRecord, now: number): void;
  /** Adds an attempt that changed no claim. */
  note(connection: Connection, record: InboxRecord, now: number): void;
  add(connection: Connection, count: OutcomeCount): void;
}

/** The columns of a new row, in the order of their values, but for its body and sequence. */
const columns = [
  ...[
    "key",
    "state",
    "scope",
    "provider",
    "event_id",
    "type",
    "job_id",
    "job_status",
    "known",
    "secret_index",
  ],
  ...["max_attempts", "body_bytes", "headers", "received_at", "last_at", "last_attempt_at", "dead_at"],
  ...[
    "expires_at",
    "body_until",
    "succeeded_at",
    "last_duration_ms",
    "sender_attempt",
    "last_sender_attempt",
  ],
  ...[
    "attempts",
    "requests",
    "runs",
    "replays",
    "last_status",
    "last_claim_attempt",
    "last_late",
    "last_source",
  ],
  ...["last_outcome", "last_reason", "last_error_name", "last_error", "last_error_frame", "last_actor"],
  ...["error_name", "error", "error_frame"],
];

/** What every attempt replaces. */
const lastColumns = [
  ...["expires_at", "last_attempt_at", "last_duration_ms", "last_sender_attempt", "last_status"],
  ...["last_claim_attempt", "last_late", "last_source", "last_outcome", "last_reason", "last_error_name"],
  ...["last_error", "last_error_frame", "last_actor"],
];

/** What only the end of a claim replaces. */
const endColumns = ["state", "job_status", "body_bytes", "error_name", "error", "error_frame", "body_until"];

export function createInboxWriter({ inbox, inboxCounts, meta }: Tables): InboxWriter {
  const set = (names: readonly string[]): string[] => names.map((name) => `${name} = excluded.${name}`);
  const noted = [
    ...set(lastColumns),
    "last_at = max(i.last_at, excluded.last_at)",
    "sender_attempt = coalesce(excluded.sender_attempt, i.sender_attempt)",
    "attempts = i.attempts + 1",
    ...["requests", "runs", "replays"].map((name) => `${name} = i.${name} + excluded.${name}`),
  ];
  const ended = [
    ...noted,
    ...set(endColumns),
    "dead_at = min(i.dead_at, excluded.dead_at)",
    "succeeded_at = coalesce(excluded.succeeded_at, i.succeeded_at)",
    // Without bytes, body_until says what becomes of a body that is kept: it stays till then, or goes where that is null.
    `body = CASE
        WHEN excluded.body IS NOT NULL THEN excluded.body
        WHEN excluded.body_until IS NOT NULL THEN i.body
      END`,
  ];
  // No sequence comes again, not after purge. An empty body is one too, which drivers pass as null.
  const insert = `INSERT INTO ${inbox} AS i (${columns.join(", ")}, body, sequence)
      VALUES (${columns.map(() => "?").join(", ")}, iif(?, coalesce(?, x''), NULL),
        max(coalesce((SELECT max(sequence) FROM ${inbox}), 0), (SELECT inbox_floor FROM ${meta})) + 1)
      ON CONFLICT (key) DO UPDATE SET`;
  const writeSql = `${insert} ${ended.join(", ")}`;
  const noteSql = `${insert} ${noted.join(", ")}`;
  const addSql = `INSERT INTO ${inboxCounts} AS c VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (minute, scope, provider, outcome, reason, bucket_ms, secret_index)
      DO UPDATE SET count = c.count + excluded.count`;

  return {
    write: (connection, record, now) => void connection.write(writeSql, ...valuesOf(record, now)),
    note: (connection, record, now) => void connection.write(noteSql, ...valuesOf(record, now)),
    add: (connection, { minute, scope, provider, outcome, reason, bucketMs, secretIndex, count }) =>
      void connection.write(
        addSql,
        ...[whole(minute), plainText(scope), plainText(provider), outcome, plainText(reason)],
        ...[bucketMs, secretIndex, count],
      ),
  };
}

function valuesOf(record: InboxRecord, now: number): SqliteValue[] {
  const flat = flatRecord(record);
  const { at, source, late, outcome, sender_attempt, error_name, error, error_frame } = flat;
  const bodyUntil = flat.body_retain_ms === null ? null : now + flat.body_retain_ms;
  return [
    ...[Buffer.from(flat.key, "hex"), flat.state, flat.scope, flat.provider, flat.event_id, flat.type],
    ...[
      flat.job_id,
      flat.job_status,
      Number(flat.known),
      flat.secret_index,
      flat.max_attempts,
      flat.body_bytes,
    ],
    ...[
      flat.headers,
      at,
      at,
      at,
      flat.dead_at,
      now + flat.retain_ms,
      bodyUntil,
      flat.state === "done" ? at : null,
    ],
    ...[flat.duration_ms, sender_attempt, sender_attempt, 1, Number(source === "http" && !late)],
    ...[
      Number(outcome === "processed" || outcome === "persist-failed"),
      Number(source === "replay" && !late),
    ],
    ...[flat.status, flat.claim_attempt, Number(late), source, outcome, flat.reason, error_name, error],
    ...[error_frame, flat.actor, error_name, error, error_frame],
    ...[Number(flat.body !== null), flat.body],
  ];
}
