import { setTimeout as pause } from "node:timers/promises";
import type { AiStatsVersion, JobLife, JobOutcome } from "./settings.ts";

export type SandboxJobStatus = "queued" | "processing" | JobOutcome;

/** One job of one sender, as it stands. */
export interface SandboxJob {
  readonly sender: "ai-stats" | "creativeai" | "videogen";
  /** In the sender's word: `video`, `batch`, `tool_execution`. */
  readonly kind: string;
  readonly id: string;
  /** The project of a VideoGen job. */
  readonly projectId: string | null;
  /** The version of AI Stats that the job is of, or null for the sandbox's. */
  readonly version: AiStatsVersion | null;
  /** The account's key that created it; no other may see it. Empty: any may. */
  readonly apiKey: string;
  /** What it was created with. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  status: SandboxJobStatus;
  /** From 0 to 100. */
  progress: number;
  endedAt: Date | null;
}

/** A step in a job's life. */
export type JobChange =
  | { readonly change: "created" }
  | { readonly change: "progress"; readonly progress: number }
  | { readonly change: JobOutcome };

/** Whether a job has ended. */
export function hasEnded(job: SandboxJob): boolean {
  return job.endedAt !== null;
}

/** Applies a step. False where the job has ended already: nothing moves it then. */
export function applyChange(job: SandboxJob, step: JobChange): boolean {
  if (hasEnded(job)) return false;
  if (step.change === "created") return true;
  if (step.change === "progress") {
    job.status = "processing";
    job.progress = step.progress;
    return true;
  }
  job.status = step.change;
  job.endedAt = new Date();
  if (step.change === "completed") job.progress = 100;
  return true;
}

/** Plays a life: creation, progress evenly spread, end. Rejects when `signal` ends it. */
export async function playLife(
  life: JobLife,
  speed: number,
  signal: AbortSignal,
  onChange: (step: JobChange) => void,
): Promise<void> {
  onChange({ change: "created" });
  if (life.durationMs === Number.POSITIVE_INFINITY) return;
  const stepMs = life.durationMs / (life.progress.length + 1) / speed;
  for (const progress of life.progress) {
    await pause(stepMs, undefined, { signal });
    onChange({ change: "progress", progress });
  }
  await pause(stepMs, undefined, { signal });
  onChange({ change: life.outcome });
}
