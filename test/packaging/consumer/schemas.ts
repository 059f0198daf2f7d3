// A provider's schema on a stored payload, by itself and with the zod that the user has installed.
import { aiStatsVideo } from "@latchhook/core/providers/ai-stats";
import { videogenWorkflowRun } from "@latchhook/core/providers/videogen";
import * as z from "zod";

export const stored = z.object({ receivedAt: z.number(), payload: videogenWorkflowRun });

const parsed = z.safeParse(aiStatsVideo, { id: 1 });
const standard = aiStatsVideo["~standard"].validate({});
export const results = {
  by: `zod ${z.core.version.major}.${z.core.version.minor}`,
  refused: !parsed.success && !aiStatsVideo.safeParse({}).success,
  nested: !stored.safeParse({ receivedAt: 1, payload: {} }).success,
  standard: !(standard instanceof Promise) && standard.issues !== undefined,
};

export function runId(payload: unknown): string {
  const run: { readonly workflowRunId: string } = videogenWorkflowRun.parse(payload);
  return run.workflowRunId;
}
console.log(JSON.stringify({ ...results, id: runId({ workflowRunId: "run_1" }) }));
