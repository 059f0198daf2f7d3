CREATE TABLE "public"."latchhook_inbox" (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  received_at bigint NOT NULL,
  last_at bigint NOT NULL,
  dead_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  body_until bigint,
  succeeded_at bigint,
  last_attempt_at bigint NOT NULL,
  last_duration_ms float8 NOT NULL,
  sender_attempt bigint,
  last_sender_attempt bigint,
  max_attempts bigint,
  attempts integer NOT NULL,
  requests integer NOT NULL,
  runs integer NOT NULL,
  replays integer NOT NULL,
  body_bytes integer NOT NULL,
  secret_index integer,
  last_status integer NOT NULL,
  last_claim_attempt integer,
  known boolean NOT NULL,
  last_late boolean NOT NULL,
  key bytea NOT NULL UNIQUE,
  state text COLLATE "C" NOT NULL,
  scope text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  event_id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  job_id text COLLATE "C",
  job_status text COLLATE "C",
  last_source text COLLATE "C" NOT NULL,
  last_outcome text COLLATE "C" NOT NULL,
  last_reason text COLLATE "C",
  last_error_name text COLLATE "C",
  last_error text COLLATE "C",
  last_error_frame text COLLATE "C",
  last_actor text COLLATE "C",
  error_name text COLLATE "C",
  error text COLLATE "C",
  error_frame text COLLATE "C",
  headers text COLLATE "C",
  body bytea
);

CREATE TABLE "public"."latchhook_inbox_attempts" (
  sequence bigint NOT NULL,
  number integer NOT NULL,
  at bigint NOT NULL,
  duration_ms float8 NOT NULL,
  sender_attempt bigint,
  claim_attempt integer,
  status integer NOT NULL,
  late boolean NOT NULL,
  source text COLLATE "C" NOT NULL,
  outcome text COLLATE "C" NOT NULL,
  reason text COLLATE "C",
  error_name text COLLATE "C",
  error text COLLATE "C",
  error_frame text COLLATE "C",
  actor text COLLATE "C",
  PRIMARY KEY (sequence, number)
);

CREATE TABLE "public"."latchhook_inbox_counts" (
  minute bigint NOT NULL,
  scope text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  outcome text COLLATE "C" NOT NULL,
  reason text COLLATE "C" NOT NULL,
  bucket_ms integer NOT NULL,
  secret_index integer NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (minute, scope, provider, outcome, reason, bucket_ms, secret_index)
);

CREATE INDEX "latchhook_inbox_event_id" ON "public"."latchhook_inbox" (left(event_id, 100));

CREATE INDEX "latchhook_inbox_job_id" ON "public"."latchhook_inbox" (left(job_id, 100)) WHERE job_id IS NOT NULL;

CREATE INDEX "latchhook_inbox_sender" ON "public"."latchhook_inbox" (provider, scope, succeeded_at);

CREATE INDEX "latchhook_inbox_open" ON "public"."latchhook_inbox" (sequence) WHERE state <> 'done';

CREATE INDEX "latchhook_inbox_expires_at" ON "public"."latchhook_inbox" (expires_at);

CREATE INDEX "latchhook_inbox_body_until" ON "public"."latchhook_inbox" (body_until) WHERE body IS NOT NULL;

CREATE FUNCTION "public"."latchhook_inbox_keep_attempt"() RETURNS trigger
LANGUAGE plpgsql AS $latchhook$
BEGIN
  INSERT INTO "public"."latchhook_inbox_attempts" (sequence, number, at, duration_ms, sender_attempt, claim_attempt, status, late, source,
    outcome, reason, error_name, error, error_frame, actor)
  VALUES (OLD.sequence, OLD.attempts, OLD.last_attempt_at, OLD.last_duration_ms, OLD.last_sender_attempt,
    OLD.last_claim_attempt, OLD.last_status, OLD.last_late, OLD.last_source, OLD.last_outcome, OLD.last_reason, OLD.last_error_name,
    OLD.last_error, OLD.last_error_frame, OLD.last_actor);
  DELETE FROM "public"."latchhook_inbox_attempts" WHERE sequence = OLD.sequence AND number <= OLD.attempts - 199;
  RETURN NULL;
END $latchhook$;

CREATE TRIGGER "latchhook_inbox_keep_attempt" AFTER UPDATE OF attempts ON "public"."latchhook_inbox"
FOR EACH ROW EXECUTE FUNCTION "public"."latchhook_inbox_keep_attempt"();

CREATE FUNCTION "public"."latchhook_inbox_write"(records json, ran boolean) RETURNS void
LANGUAGE plpgsql AS $latchhook$
DECLARE
  moment CONSTANT bigint := (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
BEGIN
  INSERT INTO "public"."latchhook_inbox" AS stored (received_at, last_at, dead_at, expires_at, body_until, succeeded_at,
    last_attempt_at, last_duration_ms, sender_attempt, last_sender_attempt, max_attempts, attempts, requests, runs, replays, body_bytes, secret_index,
    last_status, last_claim_attempt, known, last_late, key, state, scope, provider, event_id, type, job_id, job_status,
    last_source, last_outcome, last_reason, last_error_name, last_error, last_error_frame, last_actor,
    error_name, error, error_frame, headers, body)
  SELECT at, at, dead_at, moment + retain_ms, moment + body_retain_ms, CASE WHEN record.state = 'done' THEN at END,
    at, duration_ms, sender_attempt, sender_attempt, max_attempts, 1, (source = 'http' AND NOT late)::integer,
    (outcome IN ('processed', 'persist-failed'))::integer,
    (source = 'replay' AND NOT late)::integer, body_bytes, secret_index,
    status, claim_attempt, known, late, decode(key, 'hex'), record.state, scope, provider, event_id, type, job_id,
    job_status, source, outcome, reason, error_name, error, error_frame, actor,
    error_name, error, error_frame, headers, decode(body, 'hex')
  FROM json_to_recordset(records) AS record (key text, state text, scope text, provider text, event_id text, type text,
    job_id text, job_status text, known boolean, secret_index integer, max_attempts bigint, dead_at bigint,
    body_bytes integer, headers text, at bigint, source text, outcome text, reason text, status integer,
    duration_ms float8, claim_attempt integer, sender_attempt bigint, late boolean, error_name text, error text,
    error_frame text, actor text, body text, body_retain_ms bigint, retain_ms bigint)
  ON CONFLICT (key) DO UPDATE SET
    last_at = greatest(stored.last_at, excluded.last_at),
    dead_at = CASE WHEN ran THEN least(stored.dead_at, excluded.dead_at) ELSE stored.dead_at END,
    expires_at = excluded.expires_at,
    body_until = CASE WHEN ran THEN excluded.body_until ELSE stored.body_until END,
    succeeded_at = CASE WHEN ran THEN coalesce(excluded.succeeded_at, stored.succeeded_at) ELSE stored.succeeded_at END,
    last_attempt_at = excluded.last_attempt_at,
    last_duration_ms = excluded.last_duration_ms,
    sender_attempt = coalesce(excluded.sender_attempt, stored.sender_attempt),
    last_sender_attempt = excluded.last_sender_attempt,
    attempts = stored.attempts + 1,
    requests = stored.requests + excluded.requests,
    runs = stored.runs + excluded.runs,
    replays = stored.replays + excluded.replays,
    last_status = excluded.last_status,
    last_claim_attempt = excluded.last_claim_attempt,
    last_late = excluded.last_late,
    state = CASE WHEN ran THEN excluded.state ELSE stored.state END,
    job_status = CASE WHEN ran THEN excluded.job_status ELSE stored.job_status END,
    body_bytes = CASE WHEN ran THEN excluded.body_bytes ELSE stored.body_bytes END,
    last_source = excluded.last_source,
    last_outcome = excluded.last_outcome,
    last_reason = excluded.last_reason,
    last_error_name = excluded.last_error_name,
    last_error = excluded.last_error,
    last_error_frame = excluded.last_error_frame,
    last_actor = excluded.last_actor,
    error_name = CASE WHEN ran THEN excluded.error_name ELSE stored.error_name END,
    error = CASE WHEN ran THEN excluded.error ELSE stored.error END,
    error_frame = CASE WHEN ran THEN excluded.error_frame ELSE stored.error_frame END,
    body = CASE
      WHEN NOT ran THEN stored.body
      WHEN excluded.body IS NOT NULL THEN excluded.body
      WHEN excluded.body_until IS NOT NULL THEN stored.body
    END;
END $latchhook$;

CREATE FUNCTION "public"."latchhook_inbox_note"(records json, counts json) RETURNS void
LANGUAGE plpgsql AS $latchhook$
DECLARE
  record json;
BEGIN
  PERFORM set_config('lock_timeout', '1s', true),
    set_config('enable_seqscan', 'off', true),
    set_config('synchronous_commit', 'off', true);
  FOR record IN SELECT value FROM json_array_elements(records) AS element (value) LOOP
    PERFORM "public"."latchhook_inbox_write"(json_build_array(record), false);
  END LOOP;
  INSERT INTO "public"."latchhook_inbox_counts" AS stored (minute, scope, provider, outcome, reason, bucket_ms, secret_index, count)
  SELECT minute, scope, provider, outcome, reason, bucket_ms, secret_index, sum(count)
  FROM json_to_recordset(counts) AS added (minute bigint, scope text COLLATE "C", provider text COLLATE "C",
    outcome text COLLATE "C", reason text COLLATE "C", bucket_ms integer, secret_index integer, count bigint)
  GROUP BY 1, 2, 3, 4, 5, 6, 7
  ORDER BY 1, 2, 3, 4, 5, 6, 7
  ON CONFLICT (minute, scope, provider, outcome, reason, bucket_ms, secret_index)
  DO UPDATE SET count = stored.count + excluded.count;
END $latchhook$;

CREATE FUNCTION "public"."latchhook_complete_3"(
  delivery bytea, holder text, held_fence bigint, retain_ms float8, record json
) RETURNS text
LANGUAGE plpgsql AS $latchhook$
DECLARE
  retention CONSTANT interval := CASE WHEN retain_ms < 'Infinity' THEN retain_ms * interval '1 millisecond' END;
  setting text;
BEGIN
  setting := set_config('lock_timeout', '1s', true);
  setting := set_config('enable_seqscan', 'off', true);
  IF current_setting('synchronous_commit') = 'off' THEN
    setting := set_config('synchronous_commit', 'on', true);
  END IF;
  UPDATE "public"."latchhook_deliveries" SET
    state = 'completed',
    expires_at = coalesce(clock_timestamp() + retention, 'infinity'),
    purge_at = least(purge_at, coalesce(clock_timestamp() + retention, 'infinity'))
  WHERE key = delivery AND owner = holder AND fence = held_fence AND state = 'claimed';
  IF NOT FOUND THEN
    RETURN "public"."latchhook_complete"(delivery, holder, held_fence, retain_ms);
  END IF;
  PERFORM "public"."latchhook_inbox_write"(record, true);
  RETURN 'ok';
END $latchhook$;

CREATE FUNCTION "public"."latchhook_complete_many_3"(
  keys bytea[], holders text[], held_fences bigint[], retains_ms float8[], records json
)
RETURNS TABLE (place bigint, outcome text)
LANGUAGE plpgsql AS $latchhook$
DECLARE
  done_keys bytea[];
  done_owners text[];
  done_fences bigint[];
BEGIN
  PERFORM set_config('lock_timeout', '1s', true),
    set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true);
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  WITH done AS (
    UPDATE "public"."latchhook_deliveries" AS stored SET
      state = 'completed',
      expires_at = coalesce(clock_timestamp() + retention, 'infinity'),
      purge_at = least(stored.purge_at, coalesce(clock_timestamp() + retention, 'infinity'))
    FROM unnest(keys, holders, held_fences, retains_ms) AS call (key, holder, fence, retain_ms),
      LATERAL (SELECT
        CASE WHEN retain_ms < 'Infinity' THEN retain_ms * interval '1 millisecond' END
      ) AS duration (retention)
    WHERE stored.key = call.key AND stored.owner = call.holder AND stored.fence = call.fence
      AND stored.state = 'claimed'
    RETURNING stored.key, stored.owner, stored.fence
  )
  SELECT array_agg(done.key), array_agg(done.owner), array_agg(done.fence)
    INTO done_keys, done_owners, done_fences FROM done;
  PERFORM set_config('enable_hashjoin', 'on', true);
  IF cardinality(done_keys) = cardinality(keys) THEN
    PERFORM "public"."latchhook_inbox_write"(records, true);
  ELSIF cardinality(done_keys) > 0 THEN
    PERFORM "public"."latchhook_inbox_write"(json_agg(first.record ORDER BY first.key), true)
    FROM (
      SELECT DISTINCT ON (call.key) call.key, records -> (call.place - 1)::integer AS record
      FROM unnest(keys, holders, held_fences) WITH ORDINALITY AS call (key, holder, fence, place)
        JOIN unnest(done_keys, done_owners, done_fences) AS done (key, owner, fence)
          ON done.key = call.key AND done.owner = call.holder AND done.fence = call.fence
      ORDER BY call.key, call.place
    ) AS first;
  END IF;
  RETURN QUERY
    SELECT call.place, CASE
      WHEN done.key IS NULL THEN "public"."latchhook_complete"(call.key, call.holder, call.fence, call.retain_ms)
      ELSE 'ok'
    END
    FROM unnest(keys, holders, held_fences, retains_ms)
        WITH ORDINALITY AS call (key, holder, fence, retain_ms, place)
      LEFT JOIN unnest(done_keys, done_owners, done_fences) AS done (key, owner, fence)
        ON done.key = call.key AND done.owner = call.holder AND done.fence = call.fence;
END $latchhook$;

CREATE FUNCTION "public"."latchhook_fail_3"(delivery bytea, holder text, held_fence bigint, record json) RETURNS text
LANGUAGE plpgsql AS $latchhook$
DECLARE
  setting text;
BEGIN
  setting := set_config('lock_timeout', '1s', true);
  setting := set_config('enable_seqscan', 'off', true);
  setting := set_config('synchronous_commit', 'off', true);
  UPDATE "public"."latchhook_deliveries" SET state = 'failed'
  WHERE key = delivery AND owner = holder AND fence = held_fence AND state = 'claimed';
  IF NOT FOUND THEN
    RETURN "public"."latchhook_fail"(delivery, holder, held_fence);
  END IF;
  PERFORM "public"."latchhook_inbox_write"(record, true);
  RETURN 'ok';
END $latchhook$;

CREATE FUNCTION "public"."latchhook_reopen"(delivery bytea, claimant text, lease_ms float8, retain_ms float8) RETURNS text
LANGUAGE plpgsql AS $latchhook$
DECLARE
  lease CONSTANT interval := lease_ms * interval '1 millisecond';
  retention CONSTANT interval := CASE WHEN retain_ms < 'Infinity' THEN retain_ms * interval '1 millisecond' END;
  setting text;
  claimed text;
  won_fence bigint;
  won_attempt integer;
BEGIN
  setting := set_config('lock_timeout', '1s', true);
  setting := set_config('enable_seqscan', 'off', true);
  setting := set_config('synchronous_commit', 'off', true);
  LOOP
    UPDATE "public"."latchhook_deliveries" SET
      state = 'claimed',
      owner = claimant,
      fence = greatest(fence + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint),
      attempt = attempt + 1,
      takeover = false,
      leased_until = clock_timestamp() + lease,
      expires_at = coalesce(clock_timestamp() + lease + retention, 'infinity'),
      purge_at = least(purge_at, coalesce(clock_timestamp() + retention, 'infinity'))
    WHERE key = delivery AND state = 'completed' AND expires_at > clock_timestamp()
    RETURNING fence, attempt INTO won_fence, won_attempt;
    IF FOUND THEN
      UPDATE "public"."latchhook_inbox" SET state = 'failed' WHERE key = delivery AND state = 'done';
      RETURN concat_ws(' ', 'claimed', won_fence, won_attempt, false);
    END IF;
    claimed := "public"."latchhook_claim"(delivery, claimant, lease_ms, retain_ms);
    IF claimed <> 'completed' THEN
      RETURN claimed;
    END IF;
  END LOOP;
END $latchhook$;

INSERT INTO "public"."latchhook_migrations" (version) VALUES (3);
