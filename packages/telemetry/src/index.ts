export type { CountedJobs, CreatedJob, JobCount } from "./counted-jobs.ts";
export { type Metric, metrics } from "./metrics.ts";
