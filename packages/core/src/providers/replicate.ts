import { defineSender } from "../define-sender.ts";
import { type JobStatus, toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso, stringMember } from "../reading/json.ts";
import { readHeader } from "../request/headers.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { standardWebhooksSignature } from "../signatures/standard-webhooks-signature.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { type ReplicateEvent, replicateEvents } from "./replicate/payloads.ts";

export * from "./replicate/payloads.ts";

export interface ReplicateOptions {
  /** The account's webhook secret, `whsec_` and base64. Default: the environment's `REPLICATE_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/** A prediction is aborted when its deadline passes before it has started, and canceled after. */
const statuses = new Map<unknown, JobStatus>([
  ["starting", "queued"],
  ["processing", "processing"],
  ["succeeded", "completed"],
  ["failed", "failed"],
  ["canceled", "cancelled"],
  ["aborted", "expired"],
]);

/**
 * Replicate: Standard Webhooks `v1`, over id, timestamp and body. Its events have no name: `type` is the body's `status`.
 * A delivery is told apart by its `webhook-id`, since many of one status can come, one for each new output or log.
 *
 * @throws LatchhookError `missing-secret`, `invalid-secret` or `invalid-option`.
 */
export function replicate(options: ReplicateOptions = {}): Provider<ReplicateEvent> {
  return defineSender({
    name: "replicate",
    signature: standardWebhooksSignature({
      provider: "replicate",
      secret: options.secret,
      environmentVariable: "REPLICATE_WEBHOOK_SECRET",
      toleranceSeconds: options.toleranceSeconds,
    }),
    // Documented: an answer "within a few seconds"; only ends are tried again, several times with exponential backoff, for
    // about a minute. Timeout and pause are assumed.
    policy: {
      timeoutMs: 5_000,
      shortestRetryGapMs: 1_000,
      retryHorizonMs: repeatHorizonMs(120_000, options.toleranceSeconds),
      maxAttempts: null,
    },
    events: replicateEvents,
    read({ value, headers }) {
      const id = stringMember(readHeader(headers, "webhook-id"));
      return {
        id,
        type: value.status,
        data: value,
        job: toJob(value.id, statuses.get(value.status)),
        occurredAt: dateFromIso(value.completed_at ?? value.started_at ?? value.created_at),
        identity: [id],
      };
    },
  });
}
