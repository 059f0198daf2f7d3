import { defineSender } from "../define-sender.ts";
import { type JobStatus, toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromSeconds, type JsonObject, objectMember, stringMember } from "../reading/json.ts";
import { identityPart } from "../reading/key.ts";
import { jwtSecretRing } from "../signatures/jwt-keys.ts";
import { jwtRepeatHorizonMs, jwtSignature } from "../signatures/jwt-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { type LivekitEvent, livekitEvents } from "./livekit/payloads.ts";

export * from "./livekit/payloads.ts";

export interface LivekitOptions {
  /** The API secret of the key that signs webhooks. Default: the environment's `LIVEKIT_API_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** The API key of that secret, or several. Default: any, for the secret alone proves who signs. */
  readonly apiKey?: string | readonly string[] | undefined;
  /** How far the token's `exp` and `nbf` may be off the clock, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/** An egress by its status; the one that is left out in JSON is the first. */
const egressStatuses = new Map<string, JobStatus>([
  ["", "queued"],
  ["EGRESS_STARTING", "queued"],
  ["EGRESS_ACTIVE", "processing"],
  ["EGRESS_ENDING", "processing"],
  ["EGRESS_COMPLETE", "completed"],
  // It ended at a limit of the plan, and what was recorded until then is there.
  ["EGRESS_LIMIT_REACHED", "completed"],
  ["EGRESS_FAILED", "failed"],
  ["EGRESS_ABORTED", "cancelled"],
]);

/**
 * LiveKit. `Authorization` is a bare token with a hash of the body. The same secret signs the tokens that participants
 * join with; they have no such hash, and are refused. Needs `jose`.
 *
 * @throws LatchhookError `missing-secret` or `invalid-option`.
 */
export function livekit(options: LivekitOptions = {}): Provider<LivekitEvent> {
  const { secret, apiKey, toleranceSeconds } = options;
  return defineSender({
    name: "livekit",
    signature: jwtSignature({
      provider: "livekit",
      header: "authorization",
      keys: jwtSecretRing({ provider: "livekit", secret, environmentVariable: "LIVEKIT_API_SECRET" }),
      algorithm: "HS256",
      issuer: apiKey === undefined ? undefined : [apiKey].flat(),
      bodyHashClaim: "sha256",
      toleranceSeconds,
    }),
    // By its source: four retries after 1, 2, 4 and 8 s, under one token of 5 minutes. No timeout is set; 10 s is assumed.
    policy: {
      timeoutMs: 10_000,
      shortestRetryGapMs: 1_000,
      retryHorizonMs: jwtRepeatHorizonMs(60_000, toleranceSeconds),
      maxAttempts: 5,
    },
    events: livekitEvents,
    read({ value, text }) {
      const id = identityPart(value.id);
      return {
        id,
        type: value.event,
        data: value,
        job: egressOf(value),
        occurredAt: dateFromSeconds(Number(stringMember(value.createdAt) || Number.NaN)),
        identity: id === null ? ["body", text] : [id],
      };
    },
  });
}

function egressOf({ event, egressInfo }: JsonObject) {
  if (!stringMember(event).startsWith("egress_")) return null;
  const { egressId, status } = objectMember(egressInfo);
  return toJob(egressId, egressStatuses.get(stringMember(status)));
}
