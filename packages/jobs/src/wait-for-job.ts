import { positive } from "./check-option.ts";
import type { JobPlace } from "./job-place.ts";
import type { GetOptions, JobState, WaitOptions } from "./job-source.ts";
import { notify } from "./notify.ts";
import { failure, type JobError, type JobResult } from "./result.ts";
import { sleep, withJitter } from "./sleep.ts";

type GetJob = (id: string, options: GetOptions) => Promise<JobResult<{ readonly job: JobState }>>;

const defaultTimeoutMs = 30 * 60_000;
const longestPauseMs = 60_000;

/** A `wait` that polls with `get`, at the sender's pace or at `defaultIntervalMs` where the sender sets none. */
export function waitForJob(get: GetJob, defaultIntervalMs: number) {
  return async function wait(
    id: string,
    options: WaitOptions = {},
  ): Promise<JobResult<{ readonly job: JobState }>> {
    const { signal, intervalMs } = options;
    const timeoutMs = positive("wait", "timeoutMs", options.timeoutMs ?? defaultTimeoutMs);
    if (intervalMs !== undefined) positive("wait", "intervalMs", intervalMs);
    const deadline = Date.now() + timeoutMs;
    const report = progressReporter(options.onProgress);
    let place: JobPlace = { kind: options.kind, projectId: options.projectId };
    let failures = 0;
    for (;;) {
      const result = await get(id, { signal, ...place });
      if (result.ok) {
        place = { kind: result.job.kind, projectId: result.job.projectId };
        report(result.job);
        if (result.job.terminal) return result;
        failures = 0;
      } else {
        if (!result.error.retryable) return result;
        failures += 1;
      }
      const asked = result.ok ? (result.job.pollAfterMs ?? undefined) : undefined;
      const pause = pauseMs(
        intervalMs ?? asked ?? defaultIntervalMs,
        failures,
        result.ok ? undefined : result.error,
      );
      if (Date.now() + pause > deadline) return gaveUp(timeoutMs, result.ok ? undefined : result.error);
      await sleep(pause, signal);
    }
  };
}

/** The pause before the next poll: longer with each failure in a row, and never shorter than the sender asks for. */
function pauseMs(intervalMs: number, failures: number, error: JobError | undefined): number {
  const backedOff = Math.min(
    intervalMs * 2 ** Math.max(0, failures - 1),
    Math.max(intervalMs, longestPauseMs),
  );
  return withJitter(Math.max(backedOff, error?.retryAfterMs ?? 0));
}

function gaveUp(timeoutMs: number, last: JobError | undefined): JobResult<{ readonly job: JobState }> {
  const met = last === undefined ? "" : ` The last poll met: ${last.message}`;
  const message = `The job has not ended within ${timeoutMs} ms, or the next poll would come later.${met}`;
  return failure("gave-up", message, { last });
}

function progressReporter(onProgress: WaitOptions["onProgress"]): (job: JobState) => void {
  let last = "";
  return (job) => {
    const seen = `${job.status} ${job.progress}`;
    if (seen === last) return;
    last = seen;
    notify(onProgress, job);
  };
}
