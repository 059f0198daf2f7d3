import { createHmac } from "node:crypto";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { type AiStatsPayloadOptions, aiStatsPayload } from "../payloads/ai-stats-payload.ts";
import {
  addHeader,
  membersOf,
  type SignedWebhook,
  toBytes,
  toMembers,
  unixSeconds,
  type WebhookBody,
} from "../signed-webhook.ts";
import { type HmacSender, utf8Key } from "./sender.ts";

/** The unsigned metadata headers. The sender takes them from the body; set one to see what a forged one does. */
export interface AiStatsMetadata {
  readonly eventId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly deliveryKey?: string | undefined;
  readonly attempt?: number | undefined;
  readonly maxAttempts?: number | undefined;
}

export interface SignAiStatsOptions extends AiStatsPayloadOptions {
  /** The webhook's secret, `whsec_` included. */
  readonly secret: string;
  /** What is sent. Default: an {@link aiStatsPayload} of the other options. */
  readonly body?: WebhookBody | undefined;
  /** Unix seconds; text is signed and sent as it is. Default: now. */
  readonly timestamp?: number | string | undefined;
  /** `phaseo` for the names in use since July 2026. Default: `ai-stats`, the documented ones. */
  readonly headerFamily?: "ai-stats" | "phaseo" | undefined;
  /** What to change in the metadata headers, or false to leave them out. Default: as the body says. */
  readonly metadata?: AiStatsMetadata | false | undefined;
}

const userAgents = { "ai-stats": "AI-Stats-Async-Webhook/1.0", phaseo: "Phaseo-Async-Webhook/1.0" } as const;

/**
 * A delivery of AI Stats (Phaseo): hex HMAC-SHA256 of `${timestamp}.${body}` under the UTF-8 of the whole secret, and
 * the five metadata headers, which are not signed.
 *
 * @example
 * const signed = signAiStats({ secret, type: "video.completed", jobId: "video_1", attempt: 2 });
 */
export function signAiStats(options: SignAiStatsOptions): SignedWebhook {
  const { secret, timestamp = unixSeconds(), headerFamily = "ai-stats", metadata } = options;
  const body = toBytes(options.body ?? aiStatsPayload(options));
  const signature = createHmac("sha256", secret.trim()).update(`${timestamp}.`).update(body).digest("hex");
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "user-agent": userAgents[headerFamily],
    [`x-${headerFamily}-timestamp`]: String(timestamp),
    [`x-${headerFamily}-signature`]: signature,
  };
  if (metadata !== false) addMetadata(headers, `x-${headerFamily}`, body, metadata ?? {});
  return { method: "POST", headers, body };
}

function addMetadata(
  headers: Record<string, string>,
  prefix: string,
  body: Uint8Array,
  metadata: AiStatsMetadata,
): void {
  const payload = membersOf(body);
  // Before June 2026 bodies had no id, and requests no metadata headers.
  const signed = payload.id === undefined ? {} : payload;
  const delivery = toMembers(signed.delivery);
  addHeader(headers, `${prefix}-event-id`, metadata.eventId ?? signed.id);
  addHeader(headers, `${prefix}-event-type`, metadata.eventType ?? signed.type);
  addHeader(headers, `${prefix}-delivery-key`, metadata.deliveryKey ?? delivery.key);
  addHeader(headers, `${prefix}-attempt`, metadata.attempt ?? delivery.attempt);
  addHeader(headers, `${prefix}-max-attempts`, metadata.maxAttempts ?? delivery.max_attempts);
}

/** The row of the table of senders. */
export function aiStatsSender(headerFamily: "ai-stats" | "phaseo"): HmacSender {
  const secrets = ["whsec_first-of-two", "whsec_second-of-two"] as const;
  return {
    name: headerFamily,
    title: "AI Stats (Phaseo)",
    factory: "aiStats",
    provider: "ai-stats",
    environmentVariable: "AI_STATS_WEBHOOK_SECRET",
    signedContent: "timestamp and body; none of the metadata headers",
    members: { type: "type", jobId: ["data", "id"] },
    makeProvider: aiStats,
    secrets,
    key: utf8Key,
    signatureHeader: `x-${headerFamily}-signature`,
    timestampHeader: `x-${headerFamily}-timestamp`,
    prefix: "",
    encoding: "hex",
    payload: (jobId = "video_01") => aiStatsPayload({ jobId }),
    sign: ({ secret = secrets[0], body, timestamp, attempt, jobId = "video_01", type, data } = {}) =>
      signAiStats({ secret, body, timestamp, attempt, headerFamily, jobId, type, data }),
  };
}
