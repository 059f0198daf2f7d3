import { defineSender } from "../define-sender.ts";
import { LatchhookError } from "../errors.ts";
import { toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso } from "../reading/json.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body } from "../signatures/signed-content.ts";
import { checkContentAge, resolveTolerance } from "../signatures/timestamp.ts";
import { creativeaiHeaders, creativeaiIdentity, creativeaiStatuses } from "./creativeai/identity.ts";
import { type CreativeaiEvent, creativeaiEvents } from "./creativeai/payloads.ts";

export * from "./creativeai/payloads.ts";

export interface CreativeaiOptions {
  /** The account's API key, which signs the webhooks too. Default: the environment's `CREATIVEAI_API_KEY`. */
  readonly secret?: SecretOption | undefined;
  /** How far in the future the signed `completed_at` may be, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
  /** How old the signed `completed_at` may be, in milliseconds; at most the receiver's `retainMs`. Default: 7 days. */
  readonly maxAgeMs?: number | undefined;
}

const weekMs = 7 * 86_400_000;

/**
 * CreativeAI. It signs no timestamp: against replay stand the dedupe record of the signed id and status, and the age
 * of the signed `completed_at`.
 *
 * @throws LatchhookError `missing-secret`, or `invalid-option` unless `maxAgeMs` is a finite number above 0.
 */
export function creativeai(options: CreativeaiOptions = {}): Provider<CreativeaiEvent> {
  const toleranceMs = resolveTolerance("creativeai", options.toleranceSeconds) * 1000;
  const maxAgeMs = resolveMaxAge(options.maxAgeMs);
  return defineSender({
    name: "creativeai",
    signature: hmacSignature({
      provider: "creativeai",
      secret: options.secret,
      environmentVariable: "CREATIVEAI_API_KEY",
      headers: { signature: "x-creativeai-signature" },
      prefix: "sha256=",
      content: [body],
    }),
    // Documented: 10 s; attempts at 0, 5 and 30 s. A replay is believed up to `maxAgeMs`, so records outlive that.
    policy: { timeoutMs: 10_000, shortestRetryGapMs: 5_000, retryHorizonMs: maxAgeMs, maxAttempts: 3 },
    events: creativeaiEvents,
    read({ value, text: signedText, receivedAt }) {
      const { id, object, status } = value;
      const completedAt = dateFromIso(value.completed_at);
      return {
        id,
        type: [object, status].filter((part) => typeof part === "string").join("."),
        data: value,
        job: toJob(id, creativeaiStatuses.get(status)),
        occurredAt: completedAt,
        identity: creativeaiIdentity(value, signedText),
        undated: completedAt === null,
        unsigned: creativeaiHeaders(value),
        refusal: checkContentAge(completedAt, receivedAt, { maxAgeMs, toleranceMs }),
      };
    },
  });
}

function resolveMaxAge(maxAgeMs = weekMs): number {
  if (typeof maxAgeMs === "number" && Number.isFinite(maxAgeMs) && maxAgeMs > 0) return maxAgeMs;
  throw new LatchhookError(
    "invalid-option",
    `creativeai: maxAgeMs must be a finite number of milliseconds above 0; leave it out for ${weekMs} (7 days).`,
  );
}
