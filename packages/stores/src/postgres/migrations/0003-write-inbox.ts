import type { Names } from "../names.ts";
import { assign, bounds, flushed, perform, unflushed } from "./settings.ts";

/** What writes the inbox: by itself, and together with what an attempt changes of its claim. */
export function writeInbox(names: Names): readonly string[] {
  return [
    createWrite(names),
    createNote(names),
    createComplete(names),
    createCompleteMany(names),
    createFail(names),
    createReopen(names),
  ];
}

// `ran`: the callback ran, under a claim. An attempt that changed no claim leaves state, error and body alone where
// there is a row.
//
// Without bytes, body_until says what becomes of a body that is kept: it stays till then, or goes where that is null.
function createWrite({ inbox }: Names): string {
  const kept = (column: string): string =>
    `${column} = CASE WHEN ran THEN excluded.${column} ELSE stored.${column} END`;
  return `CREATE FUNCTION ${inbox.write}(records json, ran boolean) RETURNS void
LANGUAGE plpgsql AS $latchhook$
DECLARE
  moment CONSTANT bigint := (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
BEGIN
  INSERT INTO ${inbox.deliveries} AS stored (received_at, last_at, dead_at, expires_at, body_until, succeeded_at,
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
    ${kept("state")},
    ${kept("job_status")},
    ${kept("body_bytes")},
    last_source = excluded.last_source,
    last_outcome = excluded.last_outcome,
    last_reason = excluded.last_reason,
    last_error_name = excluded.last_error_name,
    last_error = excluded.last_error,
    last_error_frame = excluded.last_error_frame,
    last_actor = excluded.last_actor,
    ${kept("error_name")},
    ${kept("error")},
    ${kept("error_frame")},
    body = CASE
      WHEN NOT ran THEN stored.body
      WHEN excluded.body IS NOT NULL THEN excluded.body
      WHEN excluded.body_until IS NOT NULL THEN stored.body
    END;
END $latchhook$`;
}

// One by one, for a delivery may be noted several times. The caller sends them in the order of their keys, so that two
// processes lock the rows they share in the same order. What is noted may be lost with the server.
function createNote({ inbox }: Names): string {
  return `CREATE FUNCTION ${inbox.note}(records json, counts json) RETURNS void
LANGUAGE plpgsql AS $latchhook$
DECLARE
  record json;
BEGIN
${perform(...bounds, unflushed)}
  FOR record IN SELECT value FROM json_array_elements(records) AS element (value) LOOP
    PERFORM ${inbox.write}(json_build_array(record), false);
  END LOOP;
  INSERT INTO ${inbox.counts} AS stored (minute, scope, provider, outcome, reason, bucket_ms, secret_index, count)
  SELECT minute, scope, provider, outcome, reason, bucket_ms, secret_index, sum(count)
  FROM json_to_recordset(counts) AS added (minute bigint, scope text COLLATE "C", provider text COLLATE "C",
    outcome text COLLATE "C", reason text COLLATE "C", bucket_ms integer, secret_index integer, count bigint)
  GROUP BY 1, 2, 3, 4, 5, 6, 7
  ORDER BY 1, 2, 3, 4, 5, 6, 7
  ON CONFLICT (minute, scope, provider, outcome, reason, bucket_ms, secret_index)
  DO UPDATE SET count = stored.count + excluded.count;
END $latchhook$`;
}

// A completion that is repeated, its reply lost, finds the record completed: the attempt is in the inbox already.
function createComplete({ deliveries, complete, inbox }: Names): string {
  return `CREATE FUNCTION ${inbox.complete}(
  delivery bytea, holder text, held_fence bigint, retain_ms float8, record json
) RETURNS text
LANGUAGE plpgsql AS $latchhook$
DECLARE
  retention CONSTANT interval := CASE WHEN retain_ms < 'Infinity' THEN retain_ms * interval '1 millisecond' END;
  setting text;
BEGIN
${assign(...bounds)}
${flushed(assign)}
  UPDATE ${deliveries} SET
    state = 'completed',
    expires_at = coalesce(clock_timestamp() + retention, 'infinity'),
    purge_at = least(purge_at, coalesce(clock_timestamp() + retention, 'infinity'))
  WHERE key = delivery AND owner = holder AND fence = held_fence AND state = 'claimed';
  IF NOT FOUND THEN
    RETURN ${complete}(delivery, holder, held_fence, retain_ms);
  END IF;
  PERFORM ${inbox.write}(record, true);
  RETURN 'ok';
END $latchhook$`;
}

// Nearly always all are completed, each once: then the records go on as they came.
function createCompleteMany({ deliveries, complete, inbox }: Names): string {
  return `CREATE FUNCTION ${inbox.completeMany}(
  keys bytea[], holders text[], held_fences bigint[], retains_ms float8[], records json
)
RETURNS TABLE (place bigint, outcome text)
LANGUAGE plpgsql AS $latchhook$
DECLARE
  done_keys bytea[];
  done_owners text[];
  done_fences bigint[];
BEGIN
${perform(...bounds, "set_config('enable_hashjoin', 'off', true)", "set_config('enable_mergejoin', 'off', true)")}
${flushed(perform)}
  WITH done AS (
    UPDATE ${deliveries} AS stored SET
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
    PERFORM ${inbox.write}(records, true);
  ELSIF cardinality(done_keys) > 0 THEN
    PERFORM ${inbox.write}(json_agg(first.record ORDER BY first.key), true)
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
      WHEN done.key IS NULL THEN ${complete}(call.key, call.holder, call.fence, call.retain_ms)
      ELSE 'ok'
    END
    FROM unnest(keys, holders, held_fences, retains_ms)
        WITH ORDINALITY AS call (key, holder, fence, retain_ms, place)
      LEFT JOIN unnest(done_keys, done_owners, done_fences) AS done (key, owner, fence)
        ON done.key = call.key AND done.owner = call.holder AND done.fence = call.fence;
END $latchhook$`;
}

function createFail({ deliveries, fail, inbox }: Names): string {
  return `CREATE FUNCTION ${inbox.fail}(delivery bytea, holder text, held_fence bigint, record json) RETURNS text
LANGUAGE plpgsql AS $latchhook$
DECLARE
  setting text;
BEGIN
${assign(...bounds, unflushed)}
  UPDATE ${deliveries} SET state = 'failed'
  WHERE key = delivery AND owner = holder AND fence = held_fence AND state = 'claimed';
  IF NOT FOUND THEN
    RETURN ${fail}(delivery, holder, held_fence);
  END IF;
  PERFORM ${inbox.write}(record, true);
  RETURN 'ok';
END $latchhook$`;
}

// What is reopened is not done any more, and its row says so: if this process ends without a word, it has failed. Between
// the two statements another may complete the delivery; then it is looked at again.
function createReopen({ deliveries, claim, reopen, inbox }: Names): string {
  return `CREATE FUNCTION ${reopen}(delivery bytea, claimant text, lease_ms float8, retain_ms float8) RETURNS text
LANGUAGE plpgsql AS $latchhook$
DECLARE
  lease CONSTANT interval := lease_ms * interval '1 millisecond';
  retention CONSTANT interval := CASE WHEN retain_ms < 'Infinity' THEN retain_ms * interval '1 millisecond' END;
  setting text;
  claimed text;
  won_fence bigint;
  won_attempt integer;
BEGIN
${assign(...bounds, unflushed)}
  LOOP
    UPDATE ${deliveries} SET
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
      UPDATE ${inbox.deliveries} SET state = 'failed' WHERE key = delivery AND state = 'done';
      RETURN concat_ws(' ', 'claimed', won_fence, won_attempt, false);
    END IF;
    claimed := ${claim}(delivery, claimant, lease_ms, retain_ms);
    IF claimed <> 'completed' THEN
      RETURN claimed;
    END IF;
  END LOOP;
END $latchhook$`;
}
