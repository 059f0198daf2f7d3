CREATE TABLE IF NOT EXISTS "public"."latchhook_jobs" (
  key text PRIMARY KEY,
  scope text NOT NULL,
  provider text NOT NULL,
  job_id text NOT NULL,
  status text NOT NULL,
  rank smallint NOT NULL,
  progress double precision,
  settled smallint NOT NULL,
  problem text,
  failures integer NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  next_check_at bigint NOT NULL
);

CREATE INDEX IF NOT EXISTS "latchhook_jobs_due" ON "public"."latchhook_jobs" (scope, provider, next_check_at) WHERE settled = 0;
