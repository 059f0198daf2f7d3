CREATE TABLE IF NOT EXISTS latchhook_jobs (
      key TEXT PRIMARY KEY NOT NULL,
      scope TEXT NOT NULL,
      provider TEXT NOT NULL,
      job_id TEXT NOT NULL,
      status TEXT NOT NULL,
      rank INTEGER NOT NULL,
      progress REAL,
      settled INTEGER NOT NULL,
      problem TEXT,
      failures INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      next_check_at INTEGER NOT NULL
    );

CREATE INDEX IF NOT EXISTS latchhook_jobs_due ON latchhook_jobs (scope, provider, next_check_at) WHERE settled = 0;

CREATE TABLE latchhook_jobs_meta (id INTEGER PRIMARY KEY CHECK (id = 1), schema_version INTEGER NOT NULL);

INSERT INTO latchhook_jobs_meta VALUES (1, 1);
