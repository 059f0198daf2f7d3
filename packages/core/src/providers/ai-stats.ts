import * as v from "valibot";
import type { KnownEvent, UnknownEvent, UnknownType } from "../event.ts";
import { toJob } from "../event.ts";
import { defineProvider, type Provider, unauthentic } from "../provider.ts";
import { dateFromSeconds, objectMember, parseJsonObject, stringMember } from "../reading/json.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { repeatHorizonMs, resolveTolerance } from "../signatures/timestamp.ts";
import { timestampedHmac } from "../signatures/timestamped-hmac.ts";
import { aiStatsHeaders, contradictsBody, mixesFamilies } from "./ai-stats/headers.ts";
import { aiStatsIdentity } from "./ai-stats/identity.ts";
import { aiStatsJobStatus } from "./ai-stats/job-status.ts";

export { aiStatsStatuses } from "./ai-stats/job-status.ts";

export interface AiStatsOptions {
  /** The webhook's secret, `whsec_` included. Default: the environment's `AI_STATS_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

const text = v.nullish(v.string());
const job = {
  id: v.string(),
  status: text,
  request_id: text,
  provider: text,
  model: text,
  created_at: text,
  updated_at: text,
};

const videoData = v.looseObject({
  ...job,
  lifecycle_status: text,
  progress: v.nullish(v.number()),
  resolution: text,
  quality: text,
  duration_seconds: v.nullish(v.number()),
  polling_url: text,
  content_url: text,
  download_url: text,
  upstream_error: v.nullish(v.looseObject({ code: v.nullish(v.unknown()), type: text, message: text })),
});

const batchData = v.looseObject({
  ...job,
  request_counts: v.nullish(
    v.looseObject({
      total: v.nullish(v.number()),
      completed: v.nullish(v.number()),
      failed: v.nullish(v.number()),
    }),
  ),
});

/** A video job as a delivery carries it. `download_url` is a bearer URL that lasts 15 minutes: never log it. */
export type AiStatsVideo = v.InferOutput<typeof videoData>;
export type AiStatsBatch = v.InferOutput<typeof batchData>;

/** What can be told of a job: `video.completed`, `batch.completed` and so on. */
export const aiStatsChanges = [
  "created",
  "progress",
  "completed",
  "failed",
  "cancelled",
  "expired",
  "status_changed",
] as const;
type Change = (typeof aiStatsChanges)[number];

export type AiStatsEvent =
  | KnownEvent<`video.${Change}`, AiStatsVideo>
  | KnownEvent<`batch.${Change}`, AiStatsBatch>
  | UnknownEvent;

/** The schema of a type's data, or undefined for a type that is not known. */
function schemaOf(type: string): typeof videoData | typeof batchData | undefined {
  const [kind, change, ...rest] = type.split(".");
  if (rest.length > 0 || !aiStatsChanges.some((known) => known === change)) return undefined;
  if (kind === "video") return videoData;
  return kind === "batch" ? batchData : undefined;
}

/**
 * AI Stats, renamed Phaseo in July 2026: both families of header names, and the body shapes of all versions.
 *
 * Only the timestamp and the body are signed. Event id, type, delivery key and attempt come from the body; a metadata
 * header that is present must agree with it.
 */
export function aiStats(options: AiStatsOptions = {}): Provider<AiStatsEvent> {
  const toleranceSeconds = resolveTolerance("aiStats", options.toleranceSeconds);
  return defineProvider<AiStatsEvent>({
    name: "ai-stats",
    // Observed: 30 s to the response headers; attempts after 60 s, 5 min and 15 min, run by a job every 5 minutes.
    policy: {
      timeoutMs: 30_000,
      shortestRetryGapMs: 60_000,
      retryHorizonMs: repeatHorizonMs(3_600_000, toleranceSeconds),
      maxAttempts: 4,
    },
    ...timestampedHmac({
      provider: "aiStats",
      secret: options.secret,
      environmentVariable: "AI_STATS_WEBHOOK_SECRET",
      toleranceSeconds,
      headerNames: aiStatsHeaders,
    }),
    read({ headers, body }) {
      if (mixesFamilies(headers)) return unauthentic("conflicting-headers");
      const parsed = parseJsonObject(body);
      if (!parsed.ok) return parsed;
      const payload = parsed.value;
      if (contradictsBody(headers, payload)) return unauthentic("metadata-mismatch");
      const delivery = objectMember(payload.delivery);
      return {
        ok: true,
        event: toEvent(payload),
        ...aiStatsIdentity(headers, parsed),
        attempt: count(delivery.attempt),
        maxAttempts: count(delivery.max_attempts),
      };
    },
  });
}

function toEvent(payload: Readonly<Record<string, unknown>>): AiStatsEvent {
  const type = stringMember(payload.type);
  const { data } = payload;
  const base = {
    provider: "ai-stats",
    id: stringMember(payload.id),
    job: toJob(objectMember(data).id, aiStatsJobStatus(type, payload)),
    occurredAt: dateFromSeconds(payload.created_at),
  };
  const schema = schemaOf(type);
  const known = schema !== undefined && v.is(schema, data);
  // The schema only looks: `data` stays what was signed. The two shapes are told apart by the type's prefix.
  return known
    ? ({ ...base, type, known, data } as AiStatsEvent)
    : { ...base, type: type as UnknownType, known: false, data };
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
