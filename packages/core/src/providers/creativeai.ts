import * as v from "valibot";
import { LatchhookError } from "../errors.ts";
import { type JobStatus, type KnownEvent, toJob, type UnknownEvent, type UnknownType } from "../event.ts";
import { defineProvider, type Provider, type Refusal, unauthentic } from "../provider.ts";
import { dateFromIso, type JsonObject, parseJsonObject, stringMember } from "../reading/json.ts";
import { type IdentityPart, identityPart } from "../reading/key.ts";
import { type HeaderSource, readHeader } from "../request/headers.ts";
import { bodyHmac } from "../signatures/body-hmac.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { resolveTolerance } from "../signatures/timestamp.ts";

export interface CreativeaiOptions {
  /** The account's API key, which signs the webhooks too. Default: the environment's `CREATIVEAI_API_KEY`. */
  readonly secret?: SecretOption | undefined;
  /** How far in the future the signed `completed_at` may be, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
  /** How old the signed `completed_at` may be, in milliseconds; at most the receiver's `retainMs`. Default: 7 days. */
  readonly maxAgeMs?: number | undefined;
}

const text = v.nullish(v.string());

const generation = v.looseObject({
  id: v.string(),
  object: v.literal("video.generation"),
  status: v.picklist(["completed", "failed"]),
  model: text,
  model_actual: text,
  prompt: text,
  output_url: text,
  error_message: text,
  credits: v.nullish(v.number()),
  failover_used: v.nullish(v.boolean()),
  completed_at: text,
});

/** A generation as a delivery carries it. */
export type CreativeaiGeneration = v.InferOutput<typeof generation>;

/** `type` is the signed `object` and `status`: the event header says `completed` for failures too. */
export type CreativeaiEvent =
  | KnownEvent<"video.generation.completed" | "video.generation.failed", CreativeaiGeneration>
  | UnknownEvent;

const statuses: ReadonlyMap<unknown, JobStatus> = new Map<unknown, JobStatus>([
  ["completed", "completed"],
  ["failed", "failed"],
]);

const weekMs = 7 * 86_400_000;

/**
 * CreativeAI. It signs no timestamp: against replay stand the dedupe record of the signed id and status, and the age
 * of the signed `completed_at`.
 *
 * @throws LatchhookError `invalid-option` unless `maxAgeMs` is a finite number above 0.
 */
export function creativeai(options: CreativeaiOptions = {}): Provider<CreativeaiEvent> {
  const toleranceMs = resolveTolerance("creativeai", options.toleranceSeconds) * 1000;
  const maxAgeMs = resolveMaxAge(options.maxAgeMs);
  return defineProvider<CreativeaiEvent>({
    name: "creativeai",
    // Documented: 10 s; attempts at 0, 5 and 30 s. A replay is believed up to `maxAgeMs`, so records outlive that.
    policy: { timeoutMs: 10_000, shortestRetryGapMs: 5_000, retryHorizonMs: maxAgeMs, maxAttempts: 3 },
    ...bodyHmac({
      provider: "creativeai",
      secret: options.secret,
      environmentVariable: "CREATIVEAI_API_KEY",
      signatureHeader: "x-creativeai-signature",
    }),
    read({ headers, body, receivedAt = Date.now() }) {
      const parsed = parseJsonObject(body);
      if (!parsed.ok) return parsed;
      const payload = parsed.value;
      if (contradictsBody(headers, payload)) return unauthentic("metadata-mismatch");
      const completedAt = dateFromIso(payload.completed_at);
      const refusal = checkAge(completedAt, receivedAt, maxAgeMs, toleranceMs);
      if (refusal !== undefined) return refusal;
      return {
        ok: true,
        event: toEvent(payload, completedAt),
        identity: identify(payload, parsed.text),
        undated: completedAt === null,
      };
    },
  });
}

function toEvent(data: JsonObject, occurredAt: Date | null): CreativeaiEvent {
  const { id, object, status } = data;
  const type = [object, status].filter((part) => typeof part === "string").join(".");
  const base = {
    provider: "creativeai",
    id: stringMember(id),
    job: toJob(id, statuses.get(status)),
    occurredAt,
  };
  return v.is(generation, data)
    ? ({ ...base, type, known: true, data } as CreativeaiEvent)
    : { ...base, type: type as UnknownType, known: false, data };
}

/**
 * Object, id and status: a failure and a later completion of one generation are two events. Only an end comes once; of
 * another status, such as one that comes with each step of progress, nothing but the whole body tells two apart.
 */
function identify({ id, object, status }: JsonObject, body: string): readonly IdentityPart[] {
  const generationId = identityPart(id);
  return generationId === null || !statuses.has(status)
    ? ["body", body]
    : ["generation", identityPart(object), generationId, identityPart(status)];
}

function checkAge(
  completedAt: Date | null,
  receivedAt: number,
  maxAgeMs: number,
  toleranceMs: number,
): Refusal | undefined {
  if (completedAt === null) return undefined;
  const ageMs = receivedAt - completedAt.getTime();
  if (ageMs > maxAgeMs) return unauthentic("stale-content");
  if (ageMs < -toleranceMs) return unauthentic("future-content");
  return undefined;
}

/** Whether an unsigned header says something else than the body. The event is named `….completed` on failure too. */
function contradictsBody(headers: HeaderSource, { id, object, status }: JsonObject): boolean {
  const deliveryId = readHeader(headers, "x-creativeai-delivery-id");
  if (deliveryId !== undefined && typeof id === "string" && deliveryId !== id) return true;
  const event = readHeader(headers, "x-creativeai-event");
  if (event === undefined || object !== "video.generation") return false;
  return event !== "video.generation.completed" && event !== `video.generation.${status}`;
}

function resolveMaxAge(maxAgeMs = weekMs): number {
  if (typeof maxAgeMs === "number" && Number.isFinite(maxAgeMs) && maxAgeMs > 0) return maxAgeMs;
  throw new LatchhookError(
    "invalid-option",
    `creativeai: maxAgeMs must be a finite number of milliseconds above 0; leave it out for ${weekMs} (7 days).`,
  );
}
