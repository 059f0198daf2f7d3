import { deliveryKey, isTerminal, type JobStatus, type MaybePromise } from "@latchhook/core";
import { isJsonObject } from "@latchhook/core/kit";
import type { JobPlace } from "../job-place.ts";
import { isText } from "../text.ts";
import type { JobCount, JobNews, JobOwner, TrackedJob } from "./job-store.ts";

/** The key of a job's row: a hash, for ids can be of any length and hold what a database refuses. */
export function jobKey({ scope, provider }: JobOwner, id: string): MaybePromise<string> {
  return deliveryKey(scope, provider, ["tracked-job", id]);
}

/**
 * The id as it is stored, with what is known for good when the job is first heard of: its place, and where it was
 * created. JSON escapes NUL and lone surrogates, which PostgreSQL and UTF-8 cannot hold.
 */
export function storedId({ id, kind = null, projectId = null, traceparent = null }: StoredId): string {
  if (kind === null && projectId === null && traceparent === null) return JSON.stringify(id);
  return JSON.stringify({ id, kind, projectId, ...(traceparent === null ? undefined : { traceparent }) });
}

type StoredId = JobPlace & Pick<JobNews, "id" | "traceparent">;

function readStoredId(text: string): Pick<TrackedJob, "id" | "kind" | "projectId" | "traceparent"> {
  const stored: unknown = JSON.parse(text);
  const { id, kind, projectId, traceparent } = isJsonObject(stored) ? stored : { id: stored };
  return {
    id: String(id),
    kind: isText(kind) ? kind : null,
    projectId: isText(projectId) ? projectId : null,
    traceparent: isText(traceparent) ? traceparent : null,
  };
}

/** How far along a status is. Only a greater rank moves a job. */
export function rankOf(status: JobStatus): 0 | 1 | 2 {
  if (isTerminal(status)) return 2;
  return status === "queued" ? 0 : 1;
}

/** The columns of a job, in the order that both databases know them by. */
export const jobColumns =
  "provider, job_id, status, progress, settled, problem, failures, created_at, updated_at, checked_at";

/** A row of either database as a job. */
export function toTrackedJob(row: Readonly<Record<string, unknown>>): TrackedJob {
  const status = row.status as JobStatus;
  return {
    provider: String(row.provider),
    ...readStoredId(String(row.job_id)),
    status,
    terminal: isTerminal(status),
    progress: row.progress === null ? null : Number(row.progress),
    settled: Number(row.settled) === 1,
    problem: row.problem === null ? null : String(row.problem),
    failures: Number(row.failures),
    createdAt: new Date(Number(row.created_at)),
    updatedAt: new Date(Number(row.updated_at)),
    checkedAt: row.checked_at === null ? null : new Date(Number(row.checked_at)),
  };
}

/** A row of either database that counts jobs of one status. */
export function toJobCount({ provider }: JobOwner, row: Readonly<Record<string, unknown>>): JobCount {
  return { provider, status: row.status as JobStatus, count: Number(row.count) };
}

/**
 * The part of an upsert that makes jobs move on and never back, for a table named `jobs`. Both databases understand
 * it. News applies when it is further along, or as far along and not another end, unless the sender itself says so.
 */
export function advanceAssignments(jobs: string, authoritative: boolean): string {
  const sameOrTold = authoritative ? "" : ` AND (${jobs}.rank < 2 OR excluded.status = ${jobs}.status)`;
  const applies = `(excluded.rank > ${jobs}.rank OR (excluded.rank = ${jobs}.rank${sameOrTold}))`;
  const furtherOn = `(excluded.progress IS NOT NULL AND excluded.progress > coalesce(${jobs}.progress, -1))`;
  const either = (column: string, news = `excluded.${column}`): string =>
    `${column} = CASE WHEN ${applies} THEN ${news} ELSE ${jobs}.${column} END`;
  return [
    either("status"),
    either("rank"),
    `progress = CASE WHEN ${applies} AND ${furtherOn} THEN excluded.progress ELSE ${jobs}.progress END`,
    `settled = CASE WHEN NOT ${applies} THEN ${jobs}.settled
      WHEN excluded.status = ${jobs}.status AND ${jobs}.settled = 1 THEN 1 ELSE excluded.settled END`,
    either("next_check_at"),
    either("failures", "0"),
    either("problem", "NULL"),
    ...(authoritative ? ["checked_at = excluded.updated_at"] : []),
    `updated_at = CASE WHEN ${applies} AND (excluded.status <> ${jobs}.status OR ${furtherOn})
      THEN excluded.updated_at ELSE ${jobs}.updated_at END`,
  ].join(",\n    ");
}
