import type { Names } from "../names.ts";
import { assign, bounds, flushed, unflushed } from "./settings.ts";

/** The table of deliveries and the four operations on it. */
export function createDeliveries(names: Names): readonly string[] {
  return [
    createTable(names),
    createPurgeIndex(names),
    createClaim(names),
    createExtend(names),
    createComplete(names),
    createFail(names),
  ];
}

// The keys are bytes: half the size of their hex in the table and in its index, and no collation to compare by.
//
// purge_at is when purge should look at a record for the first time. Claiming and completing leave it as it is where
// they can: an update that touches no indexed column stays within its page and adds nothing to any index. purge
// moves it on for records that turn out to be kept longer.
function createTable({ deliveries }: Names): string {
  return `CREATE TABLE ${deliveries} (
  key bytea PRIMARY KEY CHECK (octet_length(key) = 32),
  state text NOT NULL CHECK (state IN ('claimed', 'failed', 'completed')),
  owner text NOT NULL,
  fence bigint NOT NULL,
  attempt integer NOT NULL,
  takeover boolean NOT NULL,
  leased_until timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  purge_at timestamptz NOT NULL
) WITH (fillfactor = 85)`;
}

function createPurgeIndex({ deliveries, purgeIndex }: Names): string {
  return `CREATE INDEX ${purgeIndex} ON ${deliveries} (purge_at)`;
}

// Time is clock_timestamp(), never now(), which stands still within a transaction and while it waits for a lock.
//
// A fence is the clock in microseconds, or one more than the last: it grows even where the record was purged or the
// table created anew, and where the clock went back.

// The plain SELECT answers duplicates at the price of one read, without a lock. It decides nothing else: the INSERT
// alone makes a winner, and whoever loses that race looks again, with the snapshot of a new statement.
function createClaim({ deliveries, claim }: Names): string {
  return `CREATE FUNCTION ${claim}(delivery bytea, claimant text, lease_ms float8, retain_ms float8) RETURNS text
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
${assign(...bounds)}
  LOOP
    SELECT state, owner, leased_until, expires_at
      INTO seen_state, seen_owner, seen_lease, seen_expiry
      FROM ${deliveries}
      WHERE key = delivery;
    IF seen_state = 'completed' AND seen_expiry > clock_timestamp() THEN
      RETURN 'completed';
    END IF;
    IF seen_state = 'claimed' AND seen_owner <> claimant AND seen_lease > clock_timestamp() THEN
      RETURN 'in-flight ' || ceil(extract(epoch FROM seen_lease - clock_timestamp()) * 1000);
    END IF;

  ${assign(unflushed)}
    INSERT INTO ${deliveries} AS stored
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
END $latchhook$`;
}

function createExtend({ deliveries, extend }: Names): string {
  return `CREATE FUNCTION ${extend}(delivery bytea, holder text, held_fence bigint, lease_ms float8) RETURNS text
LANGUAGE plpgsql AS $latchhook$
DECLARE
  lease CONSTANT interval := lease_ms * interval '1 millisecond';
  setting text;
BEGIN
${assign(...bounds, unflushed)}
  UPDATE ${deliveries} SET
    expires_at = expires_at + (clock_timestamp() + lease - leased_until),
    leased_until = clock_timestamp() + lease
  WHERE key = delivery AND owner = holder AND fence = held_fence AND state = 'claimed';
  RETURN CASE WHEN FOUND THEN 'ok' ELSE 'lost' END;
END $latchhook$`;
}

function createComplete({ deliveries, complete }: Names): string {
  return `CREATE FUNCTION ${complete}(delivery bytea, holder text, held_fence bigint, retain_ms float8) RETURNS text
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
  WHERE key = delivery AND owner = holder AND fence = held_fence AND state IN ('claimed', 'completed');
  RETURN CASE WHEN FOUND THEN 'ok' ELSE 'lost' END;
END $latchhook$`;
}

function createFail({ deliveries, fail }: Names): string {
  return `CREATE FUNCTION ${fail}(delivery bytea, holder text, held_fence bigint) RETURNS text
LANGUAGE plpgsql AS $latchhook$
DECLARE
  setting text;
BEGIN
${assign(...bounds, unflushed)}
  UPDATE ${deliveries} SET state = 'failed'
  WHERE key = delivery AND owner = holder AND fence = held_fence AND state IN ('claimed', 'failed');
  RETURN CASE WHEN FOUND THEN 'ok' ELSE 'lost' END;
END $latchhook$`;
}
