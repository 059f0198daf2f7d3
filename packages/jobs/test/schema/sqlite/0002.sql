ALTER TABLE latchhook_jobs ADD COLUMN checked_at INTEGER;
