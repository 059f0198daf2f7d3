import { type Outcome, type OutcomeCode, statusOf } from "../outcome.ts";

/** What an outcome says beyond its code. */
export type OutcomeDetails = Omit<Outcome, "code" | "status" | "provider" | "durationMs">;

/** One delivery on its way through the pipeline: when it came, what time is left, and how its outcome is written. */
export interface Passage {
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Milliseconds until the answer is due; negative once it is overdue. */
  readonly leftMs: () => number;
  readonly outcome: (code: OutcomeCode, details?: OutcomeDetails) => Outcome;
}

/** Starts the clock of a delivery. */
export function startPassage(provider: string, deadlineMs: number, retryAfterMs: number): Passage {
  const startedAt = performance.now();
  return {
    receivedAt: Date.now(),
    leftMs: () => deadlineMs - (performance.now() - startedAt),
    outcome: (code, details) => ({
      code,
      status: statusOf(code),
      provider,
      durationMs: performance.now() - startedAt,
      retryAfterMs,
      ...details,
    }),
  };
}
