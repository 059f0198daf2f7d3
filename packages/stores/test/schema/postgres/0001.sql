DO $latchhook$ BEGIN
  IF to_regnamespace('"public"') IS NULL THEN CREATE SCHEMA "public"; END IF;
END $latchhook$;

CREATE TABLE "public"."latchhook_migrations" (
  version integer PRIMARY KEY,
  applied_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE "public"."latchhook_deliveries" (
  key bytea PRIMARY KEY CHECK (octet_length(key) = 32),
  state text NOT NULL CHECK (state IN ('claimed', 'failed', 'completed')),
  owner text NOT NULL,
  fence bigint NOT NULL,
  attempt integer NOT NULL,
  takeover boolean NOT NULL,
  leased_until timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  purge_at timestamptz NOT NULL
) WITH (fillfactor = 85);

CREATE INDEX "latchhook_deliveries_purge_at" ON "public"."latchhook_deliveries" (purge_at);

CREATE FUNCTION "public"."latchhook_claim"(delivery bytea, claimant text, lease_ms float8, retain_ms float8) RETURNS text
LANGUAGE plpgsql AS $latchhook$
DECLARE
  lease CONSTANT interval := lease_ms * interval '1 millisecond';
  retention CONSTANT interval := CASE WHEN retain_ms < 'Infinity' THEN retain_ms * interval '1 millisecond' END;
  setting text;
  seen_state text;
  seen_owner text;
  seen_lease timestamptz;
  seen_expiry timestamptz;
  won_fence bigint;
  won_attempt integer;
  won_takeover boolean;
BEGIN
  setting := set_config('lock_timeout', '1s', true);
  setting := set_config('enable_seqscan', 'off', true);
  LOOP
    SELECT state, owner, leased_until, expires_at
      INTO seen_state, seen_owner, seen_lease, seen_expiry
      FROM "public"."latchhook_deliveries"
      WHERE key = delivery;
    IF seen_state = 'completed' AND seen_expiry > clock_timestamp() THEN
      RETURN 'completed';
    END IF;
    IF seen_state = 'claimed' AND seen_owner <> claimant AND seen_lease > clock_timestamp() THEN
      RETURN 'in-flight ' || ceil(extract(epoch FROM seen_lease - clock_timestamp()) * 1000);
    END IF;

    setting := set_config('synchronous_commit', 'off', true);
    INSERT INTO "public"."latchhook_deliveries" AS stored
      (key, state, owner, fence, attempt, takeover, leased_until, expires_at, purge_at)
    VALUES (
      delivery, 'claimed', claimant, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, 1, false,
      clock_timestamp() + lease,
      coalesce(clock_timestamp() + lease + retention, 'infinity'),
      coalesce(clock_timestamp() + retention, 'infinity')
    )
    ON CONFLICT (key) DO UPDATE SET
      state = 'claimed',
      owner = claimant,
      fence = CASE
        WHEN stored.state = 'claimed' AND stored.owner = claimant THEN stored.fence
        ELSE greatest(stored.fence + 1, excluded.fence)
      END,
      attempt = CASE
        WHEN stored.state = 'claimed' AND stored.owner = claimant THEN stored.attempt
        WHEN stored.expires_at <= clock_timestamp() THEN 1
        ELSE stored.attempt + 1
      END,
      takeover = CASE
        WHEN stored.state = 'claimed' AND stored.owner = claimant THEN stored.takeover
        ELSE stored.state = 'claimed' AND stored.expires_at > clock_timestamp()
      END,
      leased_until = clock_timestamp() + lease,
      expires_at = coalesce(clock_timestamp() + lease + retention, 'infinity'),
      purge_at = least(stored.purge_at, excluded.purge_at)
    WHERE stored.state = 'failed'
      OR (stored.state = 'claimed' AND (stored.owner = claimant OR stored.leased_until <= clock_timestamp()))
      OR (stored.state = 'completed' AND stored.expires_at <= clock_timestamp())
    RETURNING fence, attempt, takeover INTO won_fence, won_attempt, won_takeover;
    IF FOUND THEN
      RETURN concat_ws(' ', 'claimed', won_fence, won_attempt, won_takeover);
    END IF;
  END LOOP;
END $latchhook$;

CREATE FUNCTION "public"."latchhook_extend"(delivery bytea, holder text, held_fence bigint, lease_ms float8) RETURNS text
LANGUAGE plpgsql AS $latchhook$
DECLARE
  lease CONSTANT interval := lease_ms * interval '1 millisecond';
  setting text;
BEGIN
  setting := set_config('lock_timeout', '1s', true);
  setting := set_config('enable_seqscan', 'off', true);
  setting := set_config('synchronous_commit', 'off', true);
  UPDATE "public"."latchhook_deliveries" SET
    expires_at = expires_at + (clock_timestamp() + lease - leased_until),
    leased_until = clock_timestamp() + lease
  WHERE key = delivery AND owner = holder AND fence = held_fence AND state = 'claimed';
  RETURN CASE WHEN FOUND THEN 'ok' ELSE 'lost' END;
END $latchhook$;

CREATE FUNCTION "public"."latchhook_complete"(delivery bytea, holder text, held_fence bigint, retain_ms float8) RETURNS text
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
  WHERE key = delivery AND owner = holder AND fence = held_fence AND state IN ('claimed', 'completed');
  RETURN CASE WHEN FOUND THEN 'ok' ELSE 'lost' END;
END $latchhook$;

CREATE FUNCTION "public"."latchhook_fail"(delivery bytea, holder text, held_fence bigint) RETURNS text
LANGUAGE plpgsql AS $latchhook$
DECLARE
  setting text;
BEGIN
  setting := set_config('lock_timeout', '1s', true);
  setting := set_config('enable_seqscan', 'off', true);
  setting := set_config('synchronous_commit', 'off', true);
  UPDATE "public"."latchhook_deliveries" SET state = 'failed'
  WHERE key = delivery AND owner = holder AND fence = held_fence AND state IN ('claimed', 'failed');
  RETURN CASE WHEN FOUND THEN 'ok' ELSE 'lost' END;
END $latchhook$;

INSERT INTO "public"."latchhook_migrations" (version) VALUES (1);
