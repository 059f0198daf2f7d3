import type { Receiver } from "@latchhook/core";
import type { JobPlace } from "../job-place.ts";
import type { JobSource, JobState } from "../job-source.ts";
import type { JobError } from "../result.ts";
import { deliverAnswer } from "./deliver-answer.ts";
import type { JobOwner, JobStore, TrackedJob } from "./job-store.ts";
import type { JobProblem } from "./observe.ts";

/** What a check of one job came to. */
export type CheckResult =
  /** Its end had been missed and is persisted now. */
  | "delivered"
  /** Its end had been persisted before; only the table did not know. */
  | "duplicate"
  /** It has not ended, or its end is being persisted at this moment. */
  | "running"
  | JobProblem["problem"];

export interface CheckContext {
  readonly owner: JobOwner;
  readonly source: JobSource;
  readonly store: JobStore;
  readonly receiver: Receiver | undefined;
  readonly overdueAfterMs: number;
}

const longestPauseMs = 3_600_000;

/** Asks the sender about one job, and delivers its end where that was missed. The table is brought up to date. */
export async function checkJob(
  context: CheckContext,
  job: TrackedJob,
  signal?: AbortSignal,
): Promise<CheckResult> {
  const { owner, source, store, overdueAfterMs } = context;
  if (source.get === undefined) return postpone(context, job, "overdue");
  const answer = await source.get(job.id, { kind: job.kind, projectId: job.projectId, signal });
  if (!answer.ok) return postpone(context, job, answer.error.code, answer.error);
  const { job: state } = answer;
  if (!state.terminal) {
    const checkInMs = Math.max(overdueAfterMs, state.pollAfterMs ?? 0);
    await store.advance(owner, { ...newsOf(state), checkInMs, settled: false, authoritative: true });
    return "running";
  }
  return deliverEnd(context, job, state);
}

/**
 * Persisted first and recorded after, in one write: a crash in between leaves the job unsettled, and the next check
 * finds the delivery to be a duplicate. Where persisting fails, the end is recorded as one that is still to be persisted.
 */
async function deliverEnd(context: CheckContext, job: TrackedJob, state: JobState): Promise<CheckResult> {
  const { owner, source, store, receiver, overdueAfterMs } = context;
  if (job.settled && job.status === state.status) return "duplicate";
  const news = { ...newsOf(state), checkInMs: overdueAfterMs, authoritative: true };
  const code = await deliverAnswer(receiver, source, state);
  const persisted = code === "processed" || code === "duplicate";
  const stored = await store.advance(owner, { ...news, settled: persisted });
  if (code === "processed") return "delivered";
  // A webhook may have been quicker than whatever went wrong here.
  if (persisted || stored.settled) return "duplicate";
  return code === "in-flight" ? "running" : postpone(context, job, "persist-failed");
}

/** Sets the next check: later with each failure in a row, and never earlier than the sender asks for. */
async function postpone(
  { owner, store, overdueAfterMs, source }: CheckContext,
  job: TrackedJob,
  problem: JobProblem["problem"],
  error?: JobError,
): Promise<CheckResult> {
  // A check that was called off is no failure of the job's.
  const failures = problem === "aborted" ? job.failures : job.failures + 1;
  const backoff =
    source.get === undefined ? overdueAfterMs : overdueAfterMs * 2 ** Math.min(failures - 1, 20);
  const pause = Math.min(backoff, Math.max(overdueAfterMs, longestPauseMs));
  const checkInMs = problem === "aborted" ? 0 : Math.max(pause, error?.retryAfterMs ?? 0);
  await store.postpone(owner, job.id, {
    checkInMs,
    failures,
    problem: problem === "aborted" ? null : problem,
    asked: source.get !== undefined && problem !== "aborted",
  });
  return problem;
}

/** What a state says of a job's row. */
export function newsOf({ id, status, progress, kind, projectId }: NewsOf) {
  return { id, kind, projectId, status, progress: status === "completed" ? 100 : progress };
}

type NewsOf = Pick<JobState, "id" | "status" | "progress"> & JobPlace;
