import * as z from "zod/mini";
import { defineSender, eventTypes, type SenderEvent } from "../define-sender.ts";
import { LatchhookError } from "../errors.ts";
import { type JobStatus, toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso, type JsonObject } from "../reading/json.ts";
import { type IdentityPart, identityPart } from "../reading/key.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body } from "../signatures/signed-content.ts";
import { checkContentAge, resolveTolerance } from "../signatures/timestamp.ts";

export interface CreativeaiOptions {
  /** The account's API key, which signs the webhooks too. Default: the environment's `CREATIVEAI_API_KEY`. */
  readonly secret?: SecretOption | undefined;
  /** How far in the future the signed `completed_at` may be, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
  /** How old the signed `completed_at` may be, in milliseconds; at most the receiver's `retainMs`. Default: 7 days. */
  readonly maxAgeMs?: number | undefined;
}

const text = z.nullish(z.string());

/** `event.data`: a generation, the whole signed body. */
export const creativeaiGeneration = z.looseObject({
  id: z.string(),
  object: z.literal("video.generation"),
  status: z.enum(["completed", "failed"]),
  model: text,
  model_actual: text,
  prompt: text,
  output_url: text,
  error_message: text,
  credits: z.nullish(z.number()),
  failover_used: z.nullish(z.boolean()),
  completed_at: text,
});
export type CreativeaiGeneration = z.infer<typeof creativeaiGeneration>;

const events = eventTypes("video.generation", ["completed", "failed"], creativeaiGeneration);

/** `type` is the signed `object` and `status`: the event header says `completed` for failures too. */
export type CreativeaiEvent = SenderEvent<typeof events>;

const statuses = new Map<unknown, JobStatus>([
  ["completed", "completed"],
  ["failed", "failed"],
]);
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
    events,
    read({ value, text: signedText, receivedAt }) {
      const { id, object, status } = value;
      const completedAt = dateFromIso(value.completed_at);
      return {
        id,
        type: [object, status].filter((part) => typeof part === "string").join("."),
        data: value,
        job: toJob(id, statuses.get(status)),
        occurredAt: completedAt,
        identity: identify(value, signedText),
        undated: completedAt === null,
        unsigned: unsignedHeaders(value),
        refusal: checkContentAge(completedAt, receivedAt, { maxAgeMs, toleranceMs }),
      };
    },
  });
}

/**
 * Object, id and status: a failure and a later completion of one generation are two events. Only an end comes once; of
 * another status, such as one that comes with each step of progress, nothing but the whole body tells two apart.
 */
function identify({ id, object, status }: JsonObject, signedText: string): readonly IdentityPart[] {
  const generationId = identityPart(id);
  return generationId === null || !statuses.has(status)
    ? ["body", signedText]
    : ["generation", identityPart(object), generationId, identityPart(status)];
}

/** The event is named `….completed` on failure too. */
function unsignedHeaders({ id, object, status }: JsonObject): Readonly<Record<string, unknown>> {
  const named = new Set(["video.generation.completed"]);
  if (typeof status === "string") named.add(`video.generation.${status}`);
  return {
    "x-creativeai-delivery-id": typeof id === "string" ? id : undefined,
    "x-creativeai-event": object === "video.generation" ? named : undefined,
  };
}

function resolveMaxAge(maxAgeMs = weekMs): number {
  if (typeof maxAgeMs === "number" && Number.isFinite(maxAgeMs) && maxAgeMs > 0) return maxAgeMs;
  throw new LatchhookError(
    "invalid-option",
    `creativeai: maxAgeMs must be a finite number of milliseconds above 0; leave it out for ${weekMs} (7 days).`,
  );
}
