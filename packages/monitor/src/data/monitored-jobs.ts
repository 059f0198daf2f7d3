import type { JobStatus } from "@latchhook/core";

/** A job as the page shows it. */
export interface MonitoredJob {
  readonly provider: string;
  /** The sender's own id. */
  readonly id: string;
  readonly status: JobStatus;
  readonly terminal: boolean;
  /** From 0 to 100, or null where nobody has said. */
  readonly progress: number | null;
  /** Whether the job's end has been persisted. */
  readonly settled: boolean;
  /** What the last check met; null where all is well. */
  readonly problem: string | null;
  /** How many checks in a row have failed. */
  readonly failures: number;
  readonly createdAt: Date;
  /** When status or progress last changed. */
  readonly updatedAt: Date;
  /** When the sender was last asked; null where it never was. */
  readonly checkedAt: Date | null;
}

/** Which jobs are listed. */
export interface JobListOptions {
  readonly limit?: number | undefined;
  /** The id of a job: only jobs that were created before it. */
  readonly before?: string | undefined;
}

/** A table of jobs: what `trackJobs` of `@latchhook/jobs` returns. */
export interface MonitoredJobs {
  /** Whose jobs, such as `ai-stats`. */
  readonly provider: string;
  /** Separates several accounts. */
  readonly scope: string;
  /** Whether the sender can be asked about a job. */
  readonly checkable: boolean;
  get(id: string): Promise<MonitoredJob | null>;
  /** The newest first. */
  list(options?: JobListOptions): Promise<readonly MonitoredJob[]>;
  /** Asks the sender about one job now, and says what that came to; null where the job is not tracked. */
  check(id: string): Promise<string | null>;
}
