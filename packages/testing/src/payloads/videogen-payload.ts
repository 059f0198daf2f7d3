import { unixSeconds } from "../signed-webhook.ts";

type Ended = "succeeded" | "failed" | "cancelled";

/** VideoGen's event names. */
export type VideogenEventName =
  | `${"tool_execution" | "workflow_run" | "project_export" | "assistant_message"}.${Ended}`
  | `file.${"upload.completed" | "upload.failed" | "playback_ready" | "download_ready" | "analysis_completed" | "analysis_failed"}`;

export interface VideogenPayloadOptions {
  /** Default: `tool_execution.succeeded`. */
  readonly event?: VideogenEventName | (string & {}) | undefined;
  /** The id of the tool execution, workflow run, export, message or file. Default: one that fits the event. */
  readonly jobId?: string | undefined;
  /** Unix seconds. Default: now. */
  readonly occurredAt?: number | undefined;
  /** Members to add or replace. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

export interface VideogenPayload {
  readonly event: string;
  readonly occurredAt: number;
  readonly [member: string]: unknown;
}

/** A body of VideoGen, with the members that its kind of event has. */
export function videogenPayload({
  event = "tool_execution.succeeded",
  jobId,
  occurredAt = unixSeconds(),
  data,
}: VideogenPayloadOptions = {}): VideogenPayload {
  const failed = event.endsWith("failed");
  return {
    event,
    occurredAt,
    ...membersOfKind(event, jobId),
    ...(failed ? { error: { message: "The source could not be decoded.", code: "unsupported_media" } } : {}),
    ...data,
  };
}

function membersOfKind(event: string, jobId: string | undefined): Record<string, unknown> {
  const succeeded = event.endsWith(".succeeded");
  switch (event.slice(0, event.indexOf("."))) {
    case "tool_execution": {
      const results = [{ fileId: "file_9d20c1", type: "video", file: fileOf("file_9d20c1") }];
      const execution = { toolExecutionId: jobId ?? "tool_exec_5b81f3", toolType: "generate_video_clip" };
      return succeeded ? { ...execution, results } : execution;
    }
    case "workflow_run":
      return {
        workflowRunId: jobId ?? "wfr_61d4aa",
        workflowType: "prompt_to_video",
        projectId: "prj_77be20",
        projectUrl: "https://app.example.com/projects/prj_77be20",
      };
    case "project_export":
      return {
        exportId: jobId ?? "exp_0c93d8",
        projectId: "prj_77be20",
        exportFileId: succeeded ? "file_44e0b7" : null,
      };
    case "assistant_message":
      return {
        messageId: jobId ?? "amsg_3fa812",
        message: { role: "assistant", content: "The trailer has been cut to thirty seconds." },
      };
    case "file": {
      const fileId = jobId ?? "file_9d20c1";
      return event.endsWith("failed") ? { fileId } : { fileId, file: fileOf(fileId) };
    }
    default:
      return jobId === undefined ? {} : { id: jobId };
  }
}

function fileOf(fileId: string): Record<string, unknown> {
  return {
    id: fileId,
    name: "clip.mp4",
    mimeType: "video/mp4",
    sizeBytes: 8_412_907,
    durationSeconds: 8,
    downloadUrl: `https://files.example.com/${encodeURIComponent(fileId)}/clip.mp4?expires=1800000000&token=example`,
  };
}
