import { defineSender } from "../define-sender.ts";
import { isTerminal, type JobStatus, toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromMilliseconds, objectMember, stringMember } from "../reading/json.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { sharedSecret } from "../signatures/shared-secret.ts";
import { type LeonardoEvent, leonardoEvents } from "./leonardo/payloads.ts";

export * from "./leonardo/payloads.ts";

export interface LeonardoOptions {
  /** The webhook callback API key of your API key. Default: the environment's `LEONARDO_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
}

/** As Leonardo's API writes a job's status. */
const statuses: ReadonlyMap<unknown, JobStatus> = new Map<unknown, JobStatus>([
  ["PENDING", "processing"],
  ["COMPLETE", "completed"],
  ["FAILED", "failed"],
]);

/**
 * Leonardo. Nothing is signed: it sends the webhook callback API key that you chose, as a bearer token. Nothing binds
 * the body to it, and nothing limits a replay in time: where it matters, fetch the generation by its id.
 *
 * @throws LatchhookError `missing-secret` or `invalid-secret`.
 */
export function leonardo(options: LeonardoOptions = {}): Provider<LeonardoEvent> {
  return defineSender({
    name: "leonardo",
    signature: sharedSecret({
      provider: "leonardo",
      secret: options.secret,
      environmentVariable: "LEONARDO_WEBHOOK_SECRET",
      place: { authorization: "bearer" },
    }),
    // Neither timeout nor retries are documented: 5 s, pauses of 5 s and a day are assumed.
    policy: { timeoutMs: 5_000, shortestRetryGapMs: 5_000, retryHorizonMs: 86_400_000, maxAttempts: null },
    events: leonardoEvents,
    read({ value, text }) {
      const generation = objectMember(objectMember(value.data).object);
      const job = toJob(generation.id, statuses.get(generation.status));
      const type = stringMember(value.type);
      return {
        type,
        data: objectMember(value.data).object,
        job,
        occurredAt: dateFromMilliseconds(value.timestamp),
        identity: job !== null && isTerminal(job.status) ? [type, job.id, job.status] : ["body", text],
        undated: true,
      };
    },
  });
}
