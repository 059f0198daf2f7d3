import { isTerminal, type JobStatus } from "../../event.ts";
import { type JsonObject, objectMember } from "../../reading/json.ts";

/** What each of the sender's words for a job's status means, those of older versions included. */
export const aiStatsStatuses: ReadonlyMap<unknown, JobStatus> = new Map<unknown, JobStatus>([
  ["queued", "queued"],
  ["pending", "queued"],
  ["processing", "processing"],
  ["in_progress", "processing"],
  ["running", "processing"],
  ["completed", "completed"],
  ["failed", "failed"],
  ["cancelled", "cancelled"],
  ["expired", "expired"],
]);

/**
 * The job's status that an event announces. The type decides: `data` is read again at each attempt, so a retried
 * `video.created` can carry a completed job, and would otherwise announce its end a second time.
 */
export function aiStatsJobStatus(type: string, payload: JsonObject): JobStatus | undefined {
  const change = type.slice(type.indexOf(".") + 1);
  const announced = aiStatsStatuses.get(change);
  if (announced !== undefined && isTerminal(announced)) return announced;

  const data = objectMember(payload.data);
  const current = aiStatsStatuses.get(data.status) ?? aiStatsStatuses.get(data.lifecycle_status);
  if (change === "status_changed") {
    return aiStatsStatuses.get(objectMember(payload.status_change).status) ?? current;
  }
  if (change === "created" || change === "progress") {
    const running = change === "created" ? "queued" : "processing";
    return current === undefined || isTerminal(current) ? running : current;
  }
  return current;
}
