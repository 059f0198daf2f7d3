import { defineSender } from "../define-sender.ts";
import { type JobStatus, toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromSeconds, stringMember } from "../reading/json.ts";
import { readHeader } from "../request/headers.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { standardWebhooksPolicy } from "../signatures/standard-webhooks-policy.ts";
import { standardWebhooksSignature } from "../signatures/standard-webhooks-signature.ts";
import { type VideogenEvent, videogenEvents } from "./videogen/payloads.ts";

export * from "./videogen/payloads.ts";

export interface VideogenOptions {
  /** The endpoint's `signingSecret`, `whsec_` and base64. Default: the environment's `VIDEOGEN_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

/** The member that names the job, by the first word of the event's name. */
const jobIds = new Map([
  ["tool_execution", "toolExecutionId"],
  ["workflow_run", "workflowRunId"],
  ["project_export", "exportId"],
  ["assistant_message", "messageId"],
  ["file", "fileId"],
]);
/** What the last word says of it. */
const endings = new Map<string, JobStatus>([
  ["succeeded", "completed"],
  ["completed", "completed"],
  ["ready", "completed"],
  ["failed", "failed"],
  ["cancelled", "cancelled"],
]);

/** Ends, each of which a job has once. */
const comesOnce =
  /^(?:(?:tool_execution|workflow_run|project_export|assistant_message)\.(?:succeeded|failed|cancelled)|file\.upload\.(?:completed|failed))$/;

/** VideoGen: Standard Webhooks `v1`. Its event name is the body's `event`. */
export function videogen(options: VideogenOptions = {}): Provider<VideogenEvent> {
  return defineSender({
    name: "videogen",
    signature: standardWebhooksSignature({
      provider: "videogen",
      secret: options.secret,
      environmentVariable: "VIDEOGEN_WEBHOOK_SECRET",
      toleranceSeconds: options.toleranceSeconds,
    }),
    // Documented: 15 s, then exponential backoff. The schedule is not published; the specification's is assumed.
    policy: standardWebhooksPolicy(options.toleranceSeconds),
    events: videogenEvents,
    read({ value, headers }) {
      const id = stringMember(readHeader(headers, "webhook-id"));
      const type = stringMember(value.event);
      const [, kind = "", last = ""] = /^([a-z_]+)\.(?:.+[._])?([a-z]+)$/.exec(type) ?? [];
      const jobId = jobIds.get(kind);
      const job = jobId === undefined ? null : toJob(value[jobId], endings.get(last));
      return {
        id,
        type,
        data: value,
        job,
        occurredAt: dateFromSeconds(value.occurredAt),
        // An end comes once per job, so that a delivery made up from a status call and a late webhook are one. All
        // else is told apart by the `webhook-id`: a file can be made playable and analysed again.
        identity: job !== null && comesOnce.test(type) ? ["job", type, job.id] : [id],
      };
    },
  });
}
