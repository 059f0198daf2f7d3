import * as z from "zod/mini";
import { eventTypes, type SenderEvent } from "../../define-sender.ts";
import { isJsonObject } from "../../reading/json.ts";
import { shortList } from "../../reading/short-list.ts";

const text = z.nullish(z.string());
const error = z.nullish(z.looseObject({ message: text, code: text, requirement: z.nullish(z.unknown()) }));
const file = z.nullish(z.custom<Readonly<Record<string, unknown>>>(isJsonObject));
const results = z.nullish(shortList(z.looseObject({ fileId: text, type: text, file })));

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

/** Each type that VideoGen sends, with the schema of its data. */
export const videogenEvents = {
  ...eventTypes("tool_execution", ended, videogenToolExecution),
  ...eventTypes("workflow_run", ended, videogenWorkflowRun),
  ...eventTypes("project_export", ended, videogenProjectExport),
  ...eventTypes("assistant_message", ended, videogenAssistantMessage),
  ...eventTypes("file", [...uploaded, "analysis_completed", "analysis_failed"], videogenFile),
};
export type VideogenEvent = SenderEvent<typeof videogenEvents>;
