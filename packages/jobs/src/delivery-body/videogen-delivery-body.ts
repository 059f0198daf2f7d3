import { type JsonObject, objectMember } from "@latchhook/core/kit";
import type { JobState } from "../job-source.ts";
import {
  convertMembers,
  type DeliveryMember,
  object,
  objects,
  text,
  toJsonBytes,
  unixSeconds,
} from "./conversions.ts";

/**
 * The body of the delivery that VideoGen makes when a job has ended, or undefined while it has not. When that was, the
 * status calls do not say; so `occurredAt` is left out unless an answer has it.
 */
export function videogenDeliveryBody(job: JobState): Uint8Array | undefined {
  if (!job.terminal) return undefined;
  const { data } = job;
  const occurredAt = convertMembers(data, { occurredAt: [unixSeconds, "completedAt", "finishedAt"] });
  const error = job.status === "failed" ? { error: apiError(job) } : {};
  return toJsonBytes({ event: eventOf(job), ...membersOf(job), ...occurredAt, ...error });
}

/** A file's upload is the end that comes once; what is made of the file afterwards has events of its own. */
function eventOf({ kind, status }: JobState): string {
  if (kind === "file") return status === "completed" ? "file.upload.completed" : "file.upload.failed";
  return `${kind}.${status === "completed" ? "succeeded" : status}`;
}

function membersOf({ kind, id, data, projectId, status }: JobState): JsonObject {
  switch (kind) {
    case "workflow_run":
      return { workflowRunId: id, ...convertMembers(data, workflowMembers) };
    case "project_export":
      return { exportId: id, projectId, exportFileId: null, ...convertMembers(data, exportMembers) };
    case "assistant_message":
      return { messageId: id, ...(object(data) === undefined ? {} : { message: data }) };
    case "file":
      return { fileId: id, ...(object(data) === undefined ? {} : { file: data }) };
    default: {
      const execution = { toolExecutionId: id, ...convertMembers(data, { toolType: [text] }) };
      return status === "completed" ? { ...execution, results: resultsOf(data) } : execution;
    }
  }
}

const workflowMembers: Readonly<Record<string, DeliveryMember>> = {
  workflowType: [text],
  projectId: [text],
  projectUrl: [text],
};

const exportMembers: Readonly<Record<string, DeliveryMember>> = { projectId: [text], exportFileId: [text] };

function resultsOf({ results, result }: JsonObject): readonly JsonObject[] {
  const listed = (objects(results) ?? objects([result])) as readonly JsonObject[];
  return listed.map((entry) => ({
    ...entry,
    ...{ fileId: undefined, type: undefined, file: undefined },
    ...convertMembers(entry, { fileId: [text], type: [text], file: [object] }),
  }));
}

function apiError({ data, errorMessage }: JobState): JsonObject {
  const told = convertMembers(objectMember(data.error), {
    message: [text],
    code: [text],
    requirement: [(value) => text(value) ?? object(value)],
    internalErrorCode: [text],
  });
  return { ...(errorMessage === null ? {} : { message: errorMessage }), ...told };
}
