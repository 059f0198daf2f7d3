/** What telemetry asks of a tracker of `@latchhook/jobs`: `trackJobs(…)` is one. */
export interface CountedJobs {
  /** How many jobs have each status. */
  counts(): Promise<readonly JobCount[]>;
  /** A job by the sender's id; null where it is not tracked. */
  get(id: string): Promise<CreatedJob | null>;
}

export interface JobCount {
  readonly provider: string;
  readonly status: string;
  readonly count: number;
}

export interface CreatedJob {
  readonly provider: string;
  /** The trace context in which it was created, as in a header `traceparent`; null where none was noted. */
  readonly traceparent: string | null;
}
