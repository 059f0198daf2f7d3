import { defineSender } from "../define-sender.ts";
import { toJob } from "../event.ts";
import { type Provider, unauthentic } from "../provider.ts";
import { dateFromSeconds, objectMember, stringMember } from "../reading/json.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body, timestamp } from "../signatures/signed-content.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { aiStatsHeaders, mixesFamilies, unsignedMetadata } from "./ai-stats/headers.ts";
import { aiStatsIdentity } from "./ai-stats/identity.ts";
import { aiStatsJobStatus } from "./ai-stats/job-status.ts";
import { type AiStatsEvent, aiStatsEvents } from "./ai-stats/payloads.ts";

export { aiStatsStatuses } from "./ai-stats/job-status.ts";
export * from "./ai-stats/payloads.ts";

export interface AiStatsOptions {
  /** The webhook's secret, `whsec_` included. Default: the environment's `AI_STATS_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/**
 * AI Stats, renamed Phaseo in July 2026: both families of header names, and the body shapes of all versions.
 *
 * Only the timestamp and the body are signed. Event id, type, delivery key and attempt come from the body; a metadata
 * header that is present must agree with it.
 *
 * @throws LatchhookError `missing-secret` or `invalid-option`.
 */
export function aiStats(options: AiStatsOptions = {}): Provider<AiStatsEvent> {
  return defineSender({
    name: "ai-stats",
    signature: hmacSignature({
      provider: "aiStats",
      secret: options.secret,
      environmentVariable: "AI_STATS_WEBHOOK_SECRET",
      toleranceSeconds: options.toleranceSeconds,
      headers: aiStatsHeaders,
      content: [timestamp, ".", body],
    }),
    // Observed: 30 s to the response headers; attempts after 60 s, 5 min and 15 min, run by a job every 5 minutes.
    policy: {
      timeoutMs: 30_000,
      shortestRetryGapMs: 60_000,
      retryHorizonMs: repeatHorizonMs(3_600_000, options.toleranceSeconds),
      maxAttempts: 4,
    },
    events: aiStatsEvents,
    refuse: ({ headers }) => (mixesFamilies(headers) ? unauthentic("conflicting-headers") : undefined),
    read(content) {
      const { value, headers } = content;
      const delivery = objectMember(value.delivery);
      const status = aiStatsJobStatus(stringMember(value.type), value);
      return {
        id: value.id,
        type: value.type,
        data: value.data,
        job: toJob(objectMember(value.data).id, status),
        occurredAt: dateFromSeconds(value.created_at),
        ...aiStatsIdentity(headers, content),
        attempt: delivery.attempt,
        maxAttempts: delivery.max_attempts,
        unsigned: unsignedMetadata(headers, value),
      };
    },
  });
}
