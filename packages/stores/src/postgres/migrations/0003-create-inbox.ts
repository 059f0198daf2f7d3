import type { Names } from "../names.ts";

/** The inbox's tables: what people are shown of deliveries, their attempts, and counts of requests per minute. */
export function createInbox({ inbox }: Names): readonly string[] {
  return [
    createTable(inbox),
    createAttempts(inbox),
    createCounts(inbox),
    ...createIndexes(inbox),
    ...createKeepAttempt(inbox),
  ];
}

// Times are milliseconds since 1970, as they are handed over. The last attempt is in the delivery's own row: most have
// one only, and so are written as one row. The collation compares bytes, for texts are only ever looked up whole.
function createTable({ deliveries }: Names["inbox"]): string {
  return `CREATE TABLE ${deliveries} (
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
)`;
}

function createAttempts({ attempts }: Names["inbox"]): string {
  return `CREATE TABLE ${attempts} (
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
)`;
}

function createCounts({ counts }: Names["inbox"]): string {
  return `CREATE TABLE ${counts} (
  minute bigint NOT NULL,
  scope text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  outcome text COLLATE "C" NOT NULL,
  reason text COLLATE "C" NOT NULL,
  bucket_ms integer NOT NULL,
  secret_index integer NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (minute, scope, provider, outcome, reason, bucket_ms, secret_index)
)`;
}

// An id can be longer than an index takes, so its beginning is looked up. Received times grow with the sequence, and so
// need no index. What has not succeeded is little, most of the time.
function createIndexes(inbox: Names["inbox"]): readonly string[] {
  const table = inbox.deliveries;
  return [
    `CREATE INDEX ${inbox.eventIndex} ON ${table} (left(event_id, 100))`,
    `CREATE INDEX ${inbox.jobIndex} ON ${table} (left(job_id, 100)) WHERE job_id IS NOT NULL`,
    `CREATE INDEX ${inbox.senderIndex} ON ${table} (provider, scope, succeeded_at)`,
    `CREATE INDEX ${inbox.openIndex} ON ${table} (sequence) WHERE state <> 'done'`,
    `CREATE INDEX ${inbox.expiryIndex} ON ${table} (expires_at)`,
    `CREATE INDEX ${inbox.bodyIndex} ON ${table} (body_until) WHERE body IS NOT NULL`,
  ];
}

// Who calls again and again adds rows to one delivery: those that are not shown any more go.
function createKeepAttempt(inbox: Names["inbox"]): readonly string[] {
  return [
    `CREATE FUNCTION ${inbox.keepAttempt}() RETURNS trigger
LANGUAGE plpgsql AS $latchhook$
BEGIN
  INSERT INTO ${inbox.attempts} (sequence, number, at, duration_ms, sender_attempt, claim_attempt, status, late, source,
    outcome, reason, error_name, error, error_frame, actor)
  VALUES (OLD.sequence, OLD.attempts, OLD.last_attempt_at, OLD.last_duration_ms, OLD.last_sender_attempt,
    OLD.last_claim_attempt, OLD.last_status, OLD.last_late, OLD.last_source, OLD.last_outcome, OLD.last_reason, OLD.last_error_name,
    OLD.last_error, OLD.last_error_frame, OLD.last_actor);
  DELETE FROM ${inbox.attempts} WHERE sequence = OLD.sequence AND number <= OLD.attempts - 199;
  RETURN NULL;
END $latchhook$`,
    `CREATE TRIGGER ${inbox.keepAttemptTrigger} AFTER UPDATE OF attempts ON ${inbox.deliveries}
FOR EACH ROW EXECUTE FUNCTION ${inbox.keepAttempt}()`,
  ];
}
