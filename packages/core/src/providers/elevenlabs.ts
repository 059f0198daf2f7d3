import { defineSender } from "../define-sender.ts";
import type { Provider } from "../provider.ts";
import { dateFromSeconds, objectMember, stringMember } from "../reading/json.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body, timestamp } from "../signatures/signed-content.ts";
import { repeatHorizonMs } from "../signatures/timestamp.ts";
import { elevenlabsJob } from "./elevenlabs/job.ts";
import { type ElevenlabsEvent, elevenlabsEvents } from "./elevenlabs/payloads.ts";

export * from "./elevenlabs/payloads.ts";

export interface ElevenlabsOptions {
  /** The webhook's shared secret. Default: the environment's `ELEVENLABS_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 1800, as in its own SDK. */
  readonly toleranceSeconds?: number | undefined;
}

/**
 * ElevenLabs. It signs the timestamp and the body, which has no id: a delivery is the same as another where their
 * bodies are. That a retry is signed anew is not documented, so the default tolerance is the one of its SDK, half an hour.
 *
 * @throws LatchhookError `missing-secret` or `invalid-option`.
 */
export function elevenlabs(options: ElevenlabsOptions = {}): Provider<ElevenlabsEvent> {
  const { toleranceSeconds = 1_800 } = options;
  return defineSender({
    name: "elevenlabs",
    signature: hmacSignature({
      provider: "elevenlabs",
      secret: options.secret,
      environmentVariable: "ELEVENLABS_WEBHOOK_SECRET",
      toleranceSeconds,
      headers: { packed: "elevenlabs-signature", timestamp: "t", signature: "v0" },
      content: [timestamp, ".", body],
    }),
    // Documented ("Webhooks"): where retries are switched on, attempts 30 s, 2, 8 and 30 min apart, each pause up to a
    // tenth longer. The timeout is not: assumed.
    policy: {
      timeoutMs: 10_000,
      shortestRetryGapMs: 30_000,
      retryHorizonMs: repeatHorizonMs(3_600_000, toleranceSeconds),
      maxAttempts: 5,
    },
    events: elevenlabsEvents,
    read: ({ value, text }) => ({
      type: value.type,
      data: value.data,
      job: elevenlabsJob(stringMember(value.type), objectMember(value.data)),
      occurredAt: dateFromSeconds(value.event_timestamp),
      identity: ["body", text],
    }),
  });
}
