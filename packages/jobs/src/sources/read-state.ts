import { type JobStatus, toJob } from "@latchhook/core";
import type { JsonObject } from "@latchhook/core/kit";
import type { JobState } from "../job-source.ts";
import { failure, type JobFailure, type JobResult } from "../result.ts";
import { isText } from "../text.ts";

/** What a sender's answer says of a job, found in that sender's own members. */
export interface StateMembers {
  readonly kind: string;
  readonly projectId?: unknown;
  readonly id: unknown;
  readonly status: unknown;
  readonly progress?: unknown;
  readonly pollAfterSeconds?: unknown;
  readonly errorMessage?: unknown;
}

/** A sender's answer as a job's state; a failure where its id is missing or its status is not known. */
export function readState(
  data: JsonObject,
  members: StateMembers,
  statuses: ReadonlyMap<unknown, JobStatus>,
): JobResult<{ readonly job: JobState }> {
  const status = statuses.get(members.status);
  if (status === undefined) return unknownStatus(members.status);
  const job = toJob(members.id, status);
  if (job === null) return failure("malformed-response", "The answer names no job id.");
  const { kind, projectId, progress, pollAfterSeconds, errorMessage } = members;
  return {
    ok: true,
    job: {
      ...job,
      kind,
      projectId: isText(projectId) ? projectId : null,
      progress: isNumber(progress) ? Math.min(Math.max(progress, 0), 100) : null,
      pollAfterMs: isNumber(pollAfterSeconds) && pollAfterSeconds > 0 ? pollAfterSeconds * 1000 : null,
      errorMessage: isText(errorMessage) ? errorMessage : null,
      data,
    },
  };
}

/** An answer about another job than the one that was asked for is not believed. */
export function sameJob(
  result: JobResult<{ readonly job: JobState }>,
  id: string,
): JobResult<{ readonly job: JobState }> {
  if (!result.ok || result.job.id === id) return result;
  return failure("malformed-response", "The answer is about another job than the one asked for.");
}

function unknownStatus(status: unknown): JobFailure {
  if (typeof status !== "string") return failure("malformed-response", "The answer has no job status.");
  const reason = /^[a-z_-]{1,40}$/i.test(status) ? status : undefined;
  return failure(
    "unknown-status",
    `The job's status${reason === undefined ? "" : ` "${reason}"`} is not known here.`,
    {
      reason,
    },
  );
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
