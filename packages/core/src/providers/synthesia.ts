import { defineSender } from "../define-sender.ts";
import { type JobStatus, toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromSeconds, objectMember, stringMember } from "../reading/json.ts";
import { identityPart } from "../reading/key.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body, timestamp } from "../signatures/signed-content.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { type SynthesiaEvent, synthesiaEvents } from "./synthesia/payloads.ts";

export * from "./synthesia/payloads.ts";

export interface SynthesiaOptions {
  /** The webhook's secret. Default: the environment's `SYNTHESIA_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/** The type first: the video's own status may have been read later. */
const statuses = new Map<string, JobStatus>([
  ["video.completed", "completed"],
  ["video.failed", "failed"],
  ["in_progress", "processing"],
  ["complete", "completed"],
  ["error", "failed"],
  ["rejected", "failed"],
]);

/**
 * Synthesia. It signs the timestamp and the body, which has no id of its own: a delivery is told by its type, the video
 * and when that was last updated, for a video can be made again.
 *
 * @throws LatchhookError `missing-secret` or `invalid-option`.
 */
export function synthesia(options: SynthesiaOptions = {}): Provider<SynthesiaEvent> {
  return defineSender({
    name: "synthesia",
    signature: hmacSignature({
      provider: "synthesia",
      secret: options.secret,
      environmentVariable: "SYNTHESIA_WEBHOOK_SECRET",
      toleranceSeconds: options.toleranceSeconds,
      headers: { signature: "synthesia-signature", timestamp: "synthesia-timestamp" },
      content: [timestamp, ".", body],
    }),
    // Documented ("Webhooks"): 6 s, and two retries within 10 min. Their pauses are not: assumed.
    policy: {
      timeoutMs: 6_000,
      shortestRetryGapMs: 5_000,
      retryHorizonMs: repeatHorizonMs(600_000, options.toleranceSeconds),
      maxAttempts: 3,
    },
    events: synthesiaEvents,
    read({ value, text }) {
      const data = objectMember(value.data);
      const [type, id] = [stringMember(value.type), identityPart(data.id)];
      return {
        type,
        data: value.data,
        job: toJob(data.id, statuses.get(type) ?? statuses.get(stringMember(data.status))),
        occurredAt: dateFromSeconds(data.lastUpdatedAt),
        identity: id === null ? ["body", text] : ["video", type, id, identityPart(data.lastUpdatedAt)],
      };
    },
  });
}
