import type { JobStatus } from "@latchhook/core";
import { type JsonObject, objectMember } from "@latchhook/core/kit";
import { aiStatsStatuses } from "@latchhook/core/providers/ai-stats";
import type { JobState } from "../job-source.ts";
import type { JobResult } from "../result.ts";
import type { JobKind } from "../subscription/webhook-subscription.ts";
import { readState } from "./read-state.ts";

/** A batch's status call passes on what its model provider calls it; webhooks and `lifecycle_status` never do. */
const statuses: ReadonlyMap<unknown, JobStatus> = new Map<unknown, JobStatus>([
  ...aiStatsStatuses,
  ["submitting", "queued"],
  ["validating", "queued"],
  ["finalizing", "processing"],
  ["cancelling", "processing"],
  ["canceled", "cancelled"],
]);

/** What a status call of AI Stats says. The job's id is `id`; the public docs call a video's `video_id`. */
export function aiStatsState(kind: JobKind, data: JsonObject): JobResult<{ readonly job: JobState }> {
  const { error, status, lifecycle_status: lifecycle } = data;
  const members = {
    kind,
    id: data.id ?? (kind === "video" ? data.video_id : undefined),
    status: statuses.has(status) ? status : (lifecycle ?? status),
    progress: data.progress ?? progressOfCounts(data),
    pollAfterSeconds: data.poll_after_seconds,
    errorMessage:
      typeof error === "string"
        ? error
        : (objectMember(error).message ?? objectMember(data.upstream_error).message),
  };
  return readState(data, members, statuses);
}

function progressOfCounts(data: JsonObject): number | undefined {
  const { total, completed, failed } = objectMember(data.request_counts);
  if (typeof total !== "number" || total <= 0) return undefined;
  const finished = [completed, failed].reduce<number>(
    (sum, count) => sum + (typeof count === "number" ? count : 0),
    0,
  );
  return Math.round((finished / total) * 100);
}
