import { defineSender } from "../define-sender.ts";
import { type JobStatus, toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso, objectMember, stringMember } from "../reading/json.ts";
import { readHeader } from "../request/headers.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { standardWebhooksSignature } from "../signatures/standard-webhooks-signature.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { type AnthropicEvent, anthropicEvents } from "./anthropic/payloads.ts";

export * from "./anthropic/payloads.ts";

export interface AnthropicOptions {
  /** The endpoint's signing secret, `whsec_` and base64. Default: the environment's `ANTHROPIC_WEBHOOK_SIGNING_KEY`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/** A session is no job: it can run again after it has idled. */
const statuses = new Map<unknown, JobStatus>([
  ["deployment_run.started", "processing"],
  ["deployment_run.succeeded", "completed"],
  ["deployment_run.failed", "failed"],
]);

/**
 * Anthropic, for Claude Managed Agents and for organizations: Standard Webhooks `v1`, over id, timestamp and body. The
 * event's name is `data.type`; the body's own `type` is always `event`. The `webhook-id` is the body's `id`, the same over
 * all attempts.
 *
 * @throws LatchhookError `missing-secret`, `invalid-secret` or `invalid-option`.
 */
export function anthropic(options: AnthropicOptions = {}): Provider<AnthropicEvent> {
  return defineSender({
    name: "anthropic",
    signature: standardWebhooksSignature({
      provider: "anthropic",
      secret: options.secret,
      environmentVariable: "ANTHROPIC_WEBHOOK_SIGNING_KEY",
      toleranceSeconds: options.toleranceSeconds,
    }),
    // Documented: 3 attempts, with 5 to 120 s between them. The timeout is assumed.
    policy: {
      timeoutMs: 5_000,
      shortestRetryGapMs: 5_000,
      retryHorizonMs: repeatHorizonMs(300_000, options.toleranceSeconds),
      maxAttempts: 3,
    },
    events: anthropicEvents,
    read({ value, headers }) {
      const id = stringMember(readHeader(headers, "webhook-id"));
      const data = objectMember(value.data);
      return {
        id,
        type: data.type,
        data: value.data,
        job: toJob(data.id, statuses.get(data.type)),
        occurredAt: dateFromIso(value.created_at),
        identity: [id],
      };
    },
  });
}
