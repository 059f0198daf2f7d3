import { defineSender } from "../define-sender.ts";
import { type JobStatus, toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso, objectMember, stringMember } from "../reading/json.ts";
import { readHeader } from "../request/headers.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { standardWebhooksSignature } from "../signatures/standard-webhooks-signature.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { type GeminiEvent, geminiEvents } from "./gemini/payloads.ts";

export * from "./gemini/payloads.ts";

export interface GeminiOptions {
  /** The webhook's `new_signing_secret`, `whsec_` and base64. Default: the environment's `GEMINI_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

const statuses = new Map<unknown, JobStatus>([
  ["batch.succeeded", "completed"],
  ["batch.failed", "failed"],
  ["batch.cancelled", "cancelled"],
  ["batch.expired", "expired"],
  ["interaction.requires_action", "processing"],
  ["interaction.completed", "completed"],
  ["interaction.failed", "failed"],
  ["interaction.cancelled", "cancelled"],
  ["video.generated", "completed"],
]);

/**
 * The Gemini API's static webhooks, those of a project: Standard Webhooks `v1`, over id, timestamp and body. Dynamic
 * webhooks, those of a single request, are refused: they are signed by a token that says nothing of the body.
 *
 * @throws LatchhookError `missing-secret`, `invalid-secret` or `invalid-option`.
 */
export function gemini(options: GeminiOptions = {}): Provider<GeminiEvent> {
  return defineSender({
    name: "gemini",
    signature: standardWebhooksSignature({
      provider: "gemini",
      secret: options.secret,
      environmentVariable: "GEMINI_WEBHOOK_SECRET",
      toleranceSeconds: options.toleranceSeconds,
    }),
    // Documented: an answer "within a few seconds", exponential backoff for 24 h. Timeout and pause are assumed.
    policy: {
      timeoutMs: 5_000,
      shortestRetryGapMs: 1_000,
      retryHorizonMs: repeatHorizonMs(86_400_000, options.toleranceSeconds),
      maxAttempts: null,
    },
    events: geminiEvents,
    read({ value, headers }) {
      const id = stringMember(readHeader(headers, "webhook-id"));
      return {
        id,
        type: value.type,
        data: value.data,
        job: toJob(objectMember(value.data).id, statuses.get(value.type)),
        occurredAt: dateFromIso(value.timestamp),
        identity: [id],
      };
    },
  });
}
