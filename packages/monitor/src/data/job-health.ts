import { type InboxDelivery, isTerminal, type JobStatus } from "@latchhook/core";
import { hourMs } from "./counters.ts";
import type { MonitoredJob, MonitoredJobs } from "./monitored-jobs.ts";
import { readable, type Source } from "./sources.ts";

/** The newest jobs of each table that are looked at. */
export const jobsRead = 200;

/** A job beside what came of its webhooks. */
export interface WatchedJob {
  readonly table: MonitoredJobs;
  readonly job: MonitoredJob;
}

/** How jobs ended at their senders within an hour. */
export interface Generation {
  readonly provider: string;
  readonly completed: number;
  readonly failed: number;
  readonly running: number;
  /** Whether more failed than completed, and more than one did. */
  readonly failing: boolean;
  /** When the first of these failures was heard of; null without one. */
  readonly failingSince: number | null;
}

export async function readJobs(tables: readonly MonitoredJobs[]): Promise<readonly WatchedJob[]> {
  const lists = await Promise.all(
    tables.map(async (table) => (await table.list({ limit: jobsRead })).map((job) => ({ table, job }))),
  );
  return lists.flat().sort((one, other) => other.job.createdAt.getTime() - one.job.createdAt.getTime());
}

export function generationOf(provider: string, jobs: readonly WatchedJob[], now: number): Generation {
  const own = jobs.map(({ job }) => job).filter((job) => job.provider === provider);
  const ended = own.filter((job) => job.terminal && job.updatedAt.getTime() > now - hourMs);
  const failures = ended.filter(({ status }) => status === "failed" || status === "expired");
  const completed = ended.filter(({ status }) => status === "completed").length;
  return {
    provider,
    completed,
    failed: failures.length,
    running: own.filter(({ terminal }) => !terminal).length,
    failing: failures.length > 1 && failures.length > completed,
    failingSince:
      failures.length === 0 ? null : Math.min(...failures.map(({ updatedAt }) => updatedAt.getTime())),
  };
}

/**
 * What stands out about a job. `failing-here`: its webhook came, and its callback fails. `unpersisted`: it ended, and its
 * end has not been persisted. `by-check`: a check delivered it, for no webhook had come. `overdue`: it has not ended, and
 * its checks meet something. `failed-at-sender`: it ended so, and that was persisted.
 */
export type JobFinding =
  | "failing-here"
  | "unpersisted"
  | "by-check"
  | "overdue"
  | "running"
  | "failed-at-sender"
  | "delivered";

export function findingOf({ job }: WatchedJob, deliveries: readonly InboxDelivery[]): JobFinding {
  if (deliveries.some(({ state }) => state === "failed" || state === "dead")) return "failing-here";
  if (!job.terminal) return job.problem === null ? "running" : "overdue";
  if (!job.settled) return "unpersisted";
  const ends = deliveries.filter(({ jobStatus }) => jobStatus === job.status);
  if (ends.length > 0 && ends.every(({ requests, runs }) => requests === 0 && runs > 0)) return "by-check";
  return job.status === "completed" ? "delivered" : "failed-at-sender";
}

/** How far a job is by its row, and by what its webhooks said that were not persisted. */
export function statusOfJob(
  { job }: WatchedJob,
  deliveries: readonly InboxDelivery[],
): Pick<MonitoredJob, "status" | "terminal" | "progress"> {
  if (job.terminal) return job;
  const ended = deliveries.find(({ jobStatus }) => isJobStatus(jobStatus) && isTerminal(jobStatus));
  return ended === undefined ? job : { ...job, status: ended.jobStatus as JobStatus, terminal: true };
}

const jobStatuses: readonly string[] = [
  "queued",
  "processing",
  "completed",
  "failed",
  "cancelled",
  "expired",
];

function isJobStatus(text: string | null): text is JobStatus {
  return text !== null && jobStatuses.includes(text);
}

/** Whether a person should look at it, as far as the job's own row tells. */
export function needsAttention({ job }: WatchedJob): boolean {
  return job.terminal ? !job.settled : job.problem !== null;
}

/** The deliveries that speak of a job. */
export async function deliveriesOfJob(
  sources: readonly Source[],
  job: Pick<MonitoredJob, "provider" | "id">,
): Promise<readonly InboxDelivery[]> {
  const pages = await Promise.all(
    readable(sources)
      .filter(({ provider }) => provider === job.provider)
      .map(({ inbox, provider, scope }) => inbox.list({ provider, scope, search: job.id, limit: 50 })),
  );
  return pages.flatMap(({ deliveries }) => deliveries.filter(({ jobId }) => jobId === job.id));
}

/** The row of a job in any of the tables. */
export async function findJob(
  tables: readonly MonitoredJobs[],
  provider: string | undefined,
  id: string,
): Promise<WatchedJob | undefined> {
  for (const table of tables) {
    if (provider !== undefined && table.provider !== provider) continue;
    const job = await table.get(id);
    if (job !== null) return { table, job };
  }
  return undefined;
}
