ALTER TABLE "public"."latchhook_jobs" ADD COLUMN checked_at bigint;

INSERT INTO "public"."latchhook_jobs_migrations" (version) VALUES (2);
