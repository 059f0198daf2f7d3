import { defineSender } from "../define-sender.ts";
import { type Job, type JobStatus, toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromIso, type JsonObject, objectMember, stringMember } from "../reading/json.ts";
import { readHeader } from "../request/headers.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { standardWebhooksSignature } from "../signatures/standard-webhooks-signature.ts";
import { svixPolicy } from "../signatures/svix-policy.ts";
import { type RecallEvent, recallEvents } from "./recall/payloads.ts";

export * from "./recall/payloads.ts";

export interface RecallOptions {
  /** The workspace's verification secret, `whsec_` and base64. Default: the environment's `RECALL_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
  /** `svix` for the dashboard's webhooks of an account from before 15 December 2025. Default: `webhook`. */
  readonly headerPrefix?: "webhook" | "svix" | undefined;
}

/** What the last word of an event's name says of it. A bot that has left the call is at work until it is done. */
const endings = new Map<string, JobStatus>([
  ["processing", "processing"],
  ["done", "completed"],
  ["failed", "failed"],
  ["fatal", "failed"],
]);
const aboutJob =
  /^(bot|recording|transcript|participant_events|meeting_metadata|(?:audio|video)_(?:mixed|separate))\.(\w+)$/;

/**
 * Recall.ai: Standard Webhooks `v1`, over id, timestamp and body. Its event name is the body's `event`. A workspace
 * without a verification secret sends no signature, and is refused.
 *
 * @throws LatchhookError `missing-secret`, `invalid-secret` or `invalid-option`.
 */
export function recall(options: RecallOptions = {}): Provider<RecallEvent> {
  const { headerPrefix = "webhook" } = options;
  return defineSender({
    name: "recall",
    signature: standardWebhooksSignature({
      provider: "recall",
      secret: options.secret,
      environmentVariable: "RECALL_WEBHOOK_SECRET",
      headerPrefix,
      toleranceSeconds: options.toleranceSeconds,
    }),
    // Documented: 15 s, and Svix's schedule. What happens in a call is sent by another service, whose schedule is not
    // published: its pause is assumed, and its attempts are not known.
    policy: { ...svixPolicy(options.toleranceSeconds), shortestRetryGapMs: 1_000, maxAttempts: null },
    events: recallEvents,
    read({ value, headers }) {
      const id = stringMember(readHeader(headers, `${headerPrefix}-id`));
      const data = objectMember(value.data);
      return {
        id,
        type: value.event,
        data: value.data,
        job: jobOf(stringMember(value.event), data),
        occurredAt: dateFromIso(objectMember(data.data).updated_at),
        identity: [id],
      };
    },
  });
}

function jobOf(type: string, data: JsonObject): Job | null {
  const [, kind = "", change = ""] = aboutJob.exec(type) ?? [];
  const status = endings.get(change) ?? (kind === "bot" ? "processing" : undefined);
  return kind === "" ? null : toJob(objectMember(data[kind]).id, status);
}
