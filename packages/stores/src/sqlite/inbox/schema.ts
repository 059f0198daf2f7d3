import type { Tables } from "../schema.ts";

/**
 * The inbox's tables: what people are shown of deliveries, their attempts, and counts of requests per minute.
 *
 * The last attempt is in the delivery's own row: most have one only, and so are written as one row. What is filtered by
 * comes first in a row, and bodies, which go to pages of their own, last. There is no index on the times: each would be
 * one more page to write for every delivery.
 */
export function createInbox({ inbox, inboxAttempts, inboxCounts, meta }: Tables): readonly string[] {
  return [
    // The greatest sequence that purge has removed.
    `ALTER TABLE ${meta} ADD COLUMN inbox_floor INTEGER NOT NULL DEFAULT 0`,
    `CREATE TABLE ${inbox} (
      sequence INTEGER PRIMARY KEY,
      state TEXT NOT NULL,
      provider TEXT NOT NULL,
      scope TEXT NOT NULL,
      received_at INTEGER NOT NULL,
      last_outcome TEXT NOT NULL,
      type TEXT NOT NULL,
      expires_at INTEGER NOT NULL,
      key BLOB NOT NULL UNIQUE,
      event_id TEXT NOT NULL,
      job_id TEXT,
      job_status TEXT,
      known INTEGER NOT NULL,
      last_at INTEGER NOT NULL,
      dead_at INTEGER NOT NULL,
      body_until INTEGER,
      succeeded_at INTEGER,
      last_attempt_at INTEGER NOT NULL,
      last_duration_ms REAL NOT NULL,
      sender_attempt INTEGER,
      last_sender_attempt INTEGER,
      max_attempts INTEGER,
      attempts INTEGER NOT NULL,
      requests INTEGER NOT NULL,
      runs INTEGER NOT NULL,
      replays INTEGER NOT NULL,
      body_bytes INTEGER NOT NULL,
      secret_index INTEGER,
      last_status INTEGER NOT NULL,
      last_claim_attempt INTEGER,
      last_late INTEGER NOT NULL,
      last_source TEXT NOT NULL,
      last_reason TEXT,
      last_error_name TEXT,
      last_error TEXT,
      last_error_frame TEXT,
      last_actor TEXT,
      error_name TEXT,
      error TEXT,
      error_frame TEXT,
      headers TEXT,
      body BLOB
    )`,
    `CREATE TABLE ${inboxAttempts} (
      sequence INTEGER NOT NULL,
      number INTEGER NOT NULL,
      at INTEGER NOT NULL,
      duration_ms REAL NOT NULL,
      sender_attempt INTEGER,
      claim_attempt INTEGER,
      status INTEGER NOT NULL,
      late INTEGER NOT NULL,
      source TEXT NOT NULL,
      outcome TEXT NOT NULL,
      reason TEXT,
      error_name TEXT,
      error TEXT,
      error_frame TEXT,
      actor TEXT,
      PRIMARY KEY (sequence, number)
    ) WITHOUT ROWID`,
    `CREATE TABLE ${inboxCounts} (
      minute INTEGER NOT NULL,
      scope TEXT NOT NULL,
      provider TEXT NOT NULL,
      outcome TEXT NOT NULL,
      reason TEXT NOT NULL,
      bucket_ms INTEGER NOT NULL,
      secret_index INTEGER NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (minute, scope, provider, outcome, reason, bucket_ms, secret_index)
    ) WITHOUT ROWID`,
    ...createIndexes(inbox),
    keepAttempt({ inbox, inboxAttempts }),
  ];
}

/** What has not succeeded is little, most of the time. */
function createIndexes(inbox: string): readonly string[] {
  return [
    `CREATE INDEX ${inbox}_event_id ON ${inbox} (event_id)`,
    `CREATE INDEX ${inbox}_job_id ON ${inbox} (job_id) WHERE job_id IS NOT NULL`,
    `CREATE INDEX ${inbox}_sender ON ${inbox} (provider, scope, succeeded_at)`,
    `CREATE INDEX ${inbox}_open ON ${inbox} (sequence) WHERE state <> 'done'`,
    `CREATE INDEX ${inbox}_body_until ON ${inbox} (body_until) WHERE body IS NOT NULL`,
  ];
}

/** Who calls again and again adds rows to one delivery: those that are not shown any more go. */
function keepAttempt({ inbox, inboxAttempts }: Pick<Tables, "inbox" | "inboxAttempts">): string {
  return `CREATE TRIGGER ${inbox}_keep_attempt AFTER UPDATE OF attempts ON ${inbox} BEGIN
      INSERT INTO ${inboxAttempts} VALUES (OLD.sequence, OLD.attempts, OLD.last_attempt_at, OLD.last_duration_ms,
        OLD.last_sender_attempt, OLD.last_claim_attempt, OLD.last_status, OLD.last_late, OLD.last_source,
        OLD.last_outcome, OLD.last_reason, OLD.last_error_name, OLD.last_error, OLD.last_error_frame, OLD.last_actor);
      DELETE FROM ${inboxAttempts} WHERE sequence = OLD.sequence AND number <= OLD.attempts - 199;
    END`;
}

/** A query that fails where a table or a column is missing. */
export function inboxProbe({ inbox, inboxAttempts, inboxCounts, meta }: Tables): string {
  return `SELECT ${inbox}.body, ${inboxAttempts}.actor, ${inboxCounts}.count, ${meta}.inbox_floor
    FROM ${inbox}, ${inboxAttempts}, ${inboxCounts}, ${meta} LIMIT 0`;
}
