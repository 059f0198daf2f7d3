CREATE FUNCTION "public"."latchhook_claim_many"(keys bytea[], claimants text[], leases_ms float8[], retains_ms float8[])
RETURNS TABLE (place bigint, outcome text)
LANGUAGE plpgsql AS $latchhook$
DECLARE
  won_keys bytea[];
  won_owners text[];
  won_fences bigint[];
BEGIN
  PERFORM set_config('lock_timeout', '1s', true),
    set_config('enable_seqscan', 'off', true),
    set_config('synchronous_commit', 'off', true);
  WITH won AS (
    INSERT INTO "public"."latchhook_deliveries" AS stored
      (key, state, owner, fence, attempt, takeover, leased_until, expires_at, purge_at)
    SELECT call.key, 'claimed', call.claimant, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, 1, false,
      clock_timestamp() + lease,
      coalesce(clock_timestamp() + lease + retention, 'infinity'),
      coalesce(clock_timestamp() + retention, 'infinity')
    FROM unnest(keys, claimants, leases_ms, retains_ms) AS call (key, claimant, lease_ms, retain_ms),
      LATERAL (SELECT
        lease_ms * interval '1 millisecond',
        CASE WHEN retain_ms < 'Infinity' THEN retain_ms * interval '1 millisecond' END
      ) AS duration (lease, retention)
    ON CONFLICT (key) DO NOTHING
    RETURNING stored.key, stored.owner, stored.fence
  )
  SELECT array_agg(won.key), array_agg(won.owner), array_agg(won.fence)
    INTO won_keys, won_owners, won_fences FROM won;
  RETURN QUERY
    SELECT call.place, CASE
      WHEN won.fence IS NULL THEN "public"."latchhook_claim"(call.key, call.claimant, call.lease_ms, call.retain_ms)
      ELSE concat_ws(' ', 'claimed', won.fence, 1, false)
    END
    FROM unnest(keys, claimants, leases_ms, retains_ms)
        WITH ORDINALITY AS call (key, claimant, lease_ms, retain_ms, place)
      LEFT JOIN unnest(won_keys, won_owners, won_fences) AS won (key, owner, fence)
        ON won.key = call.key AND won.owner = call.claimant;
END $latchhook$;

CREATE FUNCTION "public"."latchhook_complete_many"(keys bytea[], holders text[], held_fences bigint[], retains_ms float8[])
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
      AND stored.state IN ('claimed', 'completed')
    RETURNING stored.key, stored.owner, stored.fence
  )
  SELECT array_agg(done.key), array_agg(done.owner), array_agg(done.fence)
    INTO done_keys, done_owners, done_fences FROM done;
  PERFORM set_config('enable_hashjoin', 'on', true);
  RETURN QUERY
    SELECT call.place, CASE WHEN done.key IS NULL THEN 'lost' ELSE 'ok' END
    FROM unnest(keys, holders, held_fences) WITH ORDINALITY AS call (key, holder, fence, place)
      LEFT JOIN unnest(done_keys, done_owners, done_fences) AS done (key, owner, fence)
        ON done.key = call.key AND done.owner = call.holder AND done.fence = call.fence;
END $latchhook$;

INSERT INTO "public"."latchhook_migrations" (version) VALUES (2);
