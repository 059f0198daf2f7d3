import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobStatus } from "@latchhook/core";
import { type JobSource, type JobTracker, trackJobs } from "@latchhook/jobs";
import { sqliteJobs } from "@latchhook/jobs/sqlite";
import { aiStatsPayload } from "@latchhook/testing";

export interface JobTable {
  readonly tracker: JobTracker;
  /** What the sender answers for a job from now on. */
  say(id: string, status: JobStatus): void;
  close(): Promise<void>;
}

/** Tracked jobs in a file, over a sender whose answers the test decides. */
export function jobTable(): JobTable {
  const folder = mkdtempSync(join(tmpdir(), "latchhook-monitor-"));
  const answers = new Map<string, JobStatus>();
  const ended = new Set<JobStatus>(["completed", "failed", "cancelled", "expired"]);
  const source: JobSource = {
    provider: "ai-stats",
    async get(id) {
      const status = answers.get(id);
      if (status === undefined) {
        return {
          ok: false,
          error: { code: "not-found", status: 404, message: "no such job", retryable: false },
        };
      }
      const job = { id, kind: "video", projectId: null, status, terminal: ended.has(status), progress: null };
      return { ok: true, job: { ...job, pollAfterMs: null, errorMessage: null, data: {} } };
    },
    toDeliveryBody({ id, status }) {
      const body = aiStatsPayload({ type: `video.${status}`, jobId: id });
      return new TextEncoder().encode(JSON.stringify(body));
    },
  };
  const store = sqliteJobs({ path: join(folder, "jobs.db") });
  const tracker = trackJobs({ source, store, onProblem: () => {} });
  return {
    tracker,
    say: (id, status) => void answers.set(id, status),
    async close() {
      await tracker.stop();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
