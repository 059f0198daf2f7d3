import { defineSender } from "../define-sender.ts";
import { type JobStatus, toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromSeconds, objectMember, stringMember } from "../reading/json.ts";
import { readHeader } from "../request/headers.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { standardWebhooksSignature } from "../signatures/standard-webhooks-signature.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { type OpenaiEvent, openaiEvents } from "./openai/payloads.ts";

export * from "./openai/payloads.ts";

export interface OpenaiOptions {
  /** The endpoint's signing secret, `whsec_` and base64. Default: the environment's `OPENAI_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/** What the last word of a job's event says of it. An incomplete response has ended early, and is not what was asked for. */
const endings = new Map<string, JobStatus>([
  ["completed", "completed"],
  ["succeeded", "completed"],
  ["failed", "failed"],
  ["incomplete", "failed"],
  ["cancelled", "cancelled"],
  ["canceled", "cancelled"],
  ["expired", "expired"],
]);
const aboutJob = /^(?:response|batch|fine_tuning\.job|eval\.run|video)\.([a-z]+)$/;

/**
 * OpenAI: Standard Webhooks `v1`, over id, timestamp and body. A secret without `whsec_` is taken as text, as its SDK does.
 * A delivery is told apart by its `webhook-id`, which OpenAI documents as the idempotency key.
 *
 * @throws LatchhookError `missing-secret`, `invalid-secret` or `invalid-option`.
 */
export function openai(options: OpenaiOptions = {}): Provider<OpenaiEvent> {
  return defineSender({
    name: "openai",
    signature: standardWebhooksSignature({
      provider: "openai",
      secret: options.secret,
      environmentVariable: "OPENAI_WEBHOOK_SECRET",
      secretForm: "base64-or-utf8",
      toleranceSeconds: options.toleranceSeconds,
    }),
    // Documented: an answer "within a few seconds", exponential backoff for up to 72 h. Timeout and pause are assumed.
    policy: {
      timeoutMs: 5_000,
      shortestRetryGapMs: 1_000,
      retryHorizonMs: repeatHorizonMs(259_200_000, options.toleranceSeconds),
      maxAttempts: null,
    },
    events: openaiEvents,
    read({ value, headers }) {
      const id = stringMember(readHeader(headers, "webhook-id"));
      const [, ending = ""] = aboutJob.exec(stringMember(value.type)) ?? [];
      return {
        id,
        type: value.type,
        data: value.data,
        job: toJob(objectMember(value.data).id, endings.get(ending)),
        occurredAt: dateFromSeconds(value.created_at),
        identity: [id],
      };
    },
  });
}
