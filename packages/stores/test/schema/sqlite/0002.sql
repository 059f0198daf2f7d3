ALTER TABLE latchhook_deliveries_meta ADD COLUMN inbox_floor INTEGER NOT NULL DEFAULT 0;

CREATE TABLE latchhook_inbox (
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
    );

CREATE TABLE latchhook_inbox_attempts (
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
    ) WITHOUT ROWID;

CREATE TABLE latchhook_inbox_counts (
      minute INTEGER NOT NULL,
      scope TEXT NOT NULL,
      provider TEXT NOT NULL,
      outcome TEXT NOT NULL,
      reason TEXT NOT NULL,
      bucket_ms INTEGER NOT NULL,
      secret_index INTEGER NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (minute, scope, provider, outcome, reason, bucket_ms, secret_index)
    ) WITHOUT ROWID;

CREATE INDEX latchhook_inbox_event_id ON latchhook_inbox (event_id);

CREATE INDEX latchhook_inbox_job_id ON latchhook_inbox (job_id) WHERE job_id IS NOT NULL;

CREATE INDEX latchhook_inbox_sender ON latchhook_inbox (provider, scope, succeeded_at);

CREATE INDEX latchhook_inbox_open ON latchhook_inbox (sequence) WHERE state <> 'done';

CREATE INDEX latchhook_inbox_body_until ON latchhook_inbox (body_until) WHERE body IS NOT NULL;

CREATE TRIGGER latchhook_inbox_keep_attempt AFTER UPDATE OF attempts ON latchhook_inbox BEGIN
      INSERT INTO latchhook_inbox_attempts VALUES (OLD.sequence, OLD.attempts, OLD.last_attempt_at, OLD.last_duration_ms,
        OLD.last_sender_attempt, OLD.last_claim_attempt, OLD.last_status, OLD.last_late, OLD.last_source,
        OLD.last_outcome, OLD.last_reason, OLD.last_error_name, OLD.last_error, OLD.last_error_frame, OLD.last_actor);
      DELETE FROM latchhook_inbox_attempts WHERE sequence = OLD.sequence AND number <= OLD.attempts - 199;
    END;
