import * as z from "zod/mini";
import { defineSender, eventTypes, type SenderEvent } from "../define-sender.ts";
import { type JobStatus, toJob } from "../event.ts";
import type { Provider } from "../provider.ts";
import { dateFromSeconds, isJsonObject, stringMember } from "../reading/json.ts";
import { readHeader } from "../request/headers.ts";
import type { SecretOption } from "../signatures/secrets.ts";
import { standardWebhooksPolicy } from "../signatures/standard-webhooks-policy.ts";
import { standardWebhooksSignature } from "../signatures/standard-webhooks-signature.ts";

export interface VideogenOptions {
  /** The endpoint's `signingSecret`, `whsec_` and base64. Default: the environment's `VIDEOGEN_WEBHOOK_SECRET`. */
  readonly secret?: SecretOption | undefined;
  /** How far the signed timestamp may be from the clock, either way, in seconds. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
}

const text = z.nullish(z.string());
const error = z.nullish(z.looseObject({ message: text, code: text, requirement: z.nullish(z.unknown()) }));
const file = z.nullish(z.custom<Readonly<Record<string, unknown>>>(isJsonObject));
// A list longer than any tool gives is not looked through: its event is an unknown one.
const anyResults = z.custom<unknown[]>((value) => Array.isArray(value) && value.length <= 1_000);
const results = z.nullish(z.pipe(anyResults, z.array(z.looseObject({ fileId: text, type: text, file }))));

/** `event.data` of `tool_execution.*`, the whole signed body. File URLs in it are signed: do not log them. */
export const videogenToolExecution = z.looseObject({
  toolExecutionId: z.string(),
  toolType: text,
  results,
  error,
});
/** `event.data` of `workflow_run.*`. */
export const videogenWorkflowRun = z.looseObject({
  workflowRunId: z.string(),
  workflowType: text,
  projectId: text,
  projectUrl: text,
  error,
});
/** `event.data` of `project_export.*`. `exportFileId` is null until it has succeeded. */
export const videogenProjectExport = z.looseObject({
  exportId: z.string(),
  projectId: text,
  exportFileId: text,
  error,
});
/** `event.data` of `assistant_message.*`. */
export const videogenAssistantMessage = z.looseObject({
  messageId: z.string(),
  message: z.optional(z.unknown()),
  error,
});
/** `event.data` of `file.*`. File URLs in it are signed: do not log them. */
export const videogenFile = z.looseObject({ fileId: z.string(), file, error });

const ended = ["succeeded", "failed", "cancelled"] as const;
const uploaded = ["upload.completed", "upload.failed", "playback_ready", "download_ready"] as const;
const events = {
  ...eventTypes("tool_execution", ended, videogenToolExecution),
  ...eventTypes("workflow_run", ended, videogenWorkflowRun),
  ...eventTypes("project_export", ended, videogenProjectExport),
  ...eventTypes("assistant_message", ended, videogenAssistantMessage),
  ...eventTypes("file", [...uploaded, "analysis_completed", "analysis_failed"], videogenFile),
};
export type VideogenEvent = SenderEvent<typeof events>;

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
    events,
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
