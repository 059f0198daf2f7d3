import { defineSender } from "../define-sender.ts";
import { type JobStatus, toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromMilliseconds, objectMember } from "../reading/json.ts";
import { identityPart } from "../reading/key.ts";
import { hmacSignature } from "../signatures/hmac-signature.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { body } from "../signatures/signed-content.ts";
import { type VercelEvent, vercelEvents } from "./vercel/payloads.ts";

export * from "./vercel/payloads.ts";

export interface VercelOptions {
  /**
   * The webhook's secret; of an integration's webhook, its client secret. Default: the environment's
   * `VERCEL_WEBHOOK_SECRET`.
   */
  readonly secret?: SecretOption | undefined;
}

/** What is told of a deployment. Promoting and rolling back come after its end, and change nothing of it. */
const deploymentStatuses: ReadonlyMap<unknown, JobStatus> = new Map<unknown, JobStatus>([
  ["deployment.created", "queued"],
  ["deployment.prepared", "processing"],
  ["deployment.ready", "completed"],
  ["deployment.succeeded", "completed"],
  ["deployment.error", "failed"],
  ["deployment.canceled", "cancelled"],
]);

/**
 * Vercel: HMAC-SHA1 of the body, the hash that its documentation names. No time is signed beside it; the body's `id` is
 * that of the delivery.
 *
 * @throws LatchhookError `missing-secret`
 */
export function vercel(options: VercelOptions = {}): Provider<VercelEvent> {
  return defineSender({
    name: "vercel",
    signature: hmacSignature({
      provider: "vercel",
      secret: options.secret,
      environmentVariable: "VERCEL_WEBHOOK_SECRET",
      headers: { signature: "x-vercel-signature" },
      algorithm: "sha1",
      content: [body],
    }),
    // Documented: 30 s, and ever longer pauses within 24 hours. The first of them is not: 5 s is assumed.
    policy: { timeoutMs: 30_000, shortestRetryGapMs: 5_000, retryHorizonMs: 86_400_000, maxAttempts: null },
    events: vercelEvents,
    read({ value, text }) {
      const { id, type, payload, createdAt } = value;
      return {
        id,
        type,
        data: payload,
        job: toJob(objectMember(objectMember(payload).deployment).id, deploymentStatuses.get(type)),
        occurredAt: dateFromMilliseconds(createdAt),
        identity: identityPart(id) === null ? ["body", text] : ["event", identityPart(id)],
        // When it happened is signed, but not when it was sent: an old delivery may be an honest retry.
        undated: true,
      };
    },
  });
}
