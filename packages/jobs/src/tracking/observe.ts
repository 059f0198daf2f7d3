import type { JobErrorCode } from "../result.ts";

/** Something about a job, or about tracking, that a person may want to know. */
export interface JobProblem {
  readonly provider: string;
  /** The job's id, or null where it is not about one. */
  readonly id: string | null;
  /** `overdue`: nothing was heard of it, and the sender cannot be asked. */
  readonly problem: JobErrorCode | "overdue" | "persist-failed" | "store-failed";
  /** How often in a row. */
  readonly failures: number;
  /** What was thrown, for `store-failed`. */
  readonly error?: unknown;
}

export type ProblemObserver = (problem: JobProblem) => unknown;

const longestShown = 120;

/** One line on `console.error`. The id is escaped, for it is the sender's text. */
export function logProblem({ provider, id, problem, failures, error }: JobProblem): void {
  const job = id === null ? "" : ` job ${JSON.stringify(id).slice(0, longestShown)}`;
  const cause = error instanceof Error ? `: ${error.message.replace(/\s+/g, " ")}` : "";
  console.error(`[latchhook] ${provider}${job}: ${problem} (${failures} in a row)${cause}`);
}
