import { notify } from "../notify.ts";
import { type CheckContext, type CheckResult, checkJob } from "./check-job.ts";
import type { TrackedJob } from "./job-store.ts";
import type { ProblemObserver } from "./observe.ts";

/** What a round of reconciling did, by job id. */
export interface ReconcileReport {
  /** Ends that had been missed and are persisted now. */
  readonly delivered: readonly string[];
  /** Ends that had been persisted before; only the table did not know. */
  readonly duplicates: readonly string[];
  /** Still running. */
  readonly running: readonly string[];
  /** Overdue, vanished, or not to be had now. Each is checked again, later with each failure. */
  readonly problems: readonly { readonly id: string; readonly problem: CheckResult }[];
}

/** How many jobs are asked about at once. */
const concurrency = 4;

/** For how long a claimed job is this process's: longer than a call and a delivery together take. */
const leaseMs = 120_000;

/** Claims jobs that are due, a few at a time, and checks each. Ends early when `signal` aborts. */
export async function reconcileDue(
  context: CheckContext,
  limit: number,
  onProblem: ProblemObserver,
  signal?: AbortSignal,
): Promise<ReconcileReport> {
  const results = new Map<string, CheckResult>();
  while (results.size < limit && signal?.aborted !== true) {
    const batch = Math.min(concurrency, limit - results.size);
    const claimed = await context.store.claimDue(context.owner, { limit: batch, leaseMs });
    // A job that is due again within one round must not keep it going for ever; but it is claimed, so it is checked.
    const repeated = claimed.every(({ id }) => results.has(id));
    await Promise.all(
      claimed.map(async (job) => results.set(job.id, await checkAndTell(context, job, onProblem, signal))),
    );
    // Fewer than were asked for: no more are due, or they are other processes'.
    if (repeated || claimed.length < batch) break;
  }
  return toReport(results);
}

async function checkAndTell(
  context: CheckContext,
  job: TrackedJob,
  onProblem: ProblemObserver,
  signal: AbortSignal | undefined,
): Promise<CheckResult> {
  const result = await checkJob(context, job, signal);
  if (result === "delivered" || result === "duplicate" || result === "running" || result === "aborted")
    return result;
  const { provider } = context.owner;
  notify(onProblem, { provider, id: job.id, problem: result, failures: job.failures + 1 });
  return result;
}

function toReport(results: ReadonlyMap<string, CheckResult>): ReconcileReport {
  const entries = [...results];
  const idsWith = (wanted: CheckResult) =>
    entries.filter(([, result]) => result === wanted).map(([id]) => id);
  const settled: readonly CheckResult[] = ["delivered", "duplicate", "running"];
  return {
    delivered: idsWith("delivered"),
    duplicates: idsWith("duplicate"),
    running: idsWith("running"),
    problems: entries
      .filter(([, result]) => !settled.includes(result))
      .map(([id, problem]) => ({ id, problem })),
  };
}
