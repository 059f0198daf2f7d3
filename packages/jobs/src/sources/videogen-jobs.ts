import type { JobStatus } from "@latchhook/core";
import { type JsonObject, objectMember } from "@latchhook/core/kit";
import { videogenDeliveryBody } from "../delivery-body/videogen-delivery-body.ts";
import { createHttpClient, type HttpOptions } from "../http/http-client.ts";
import type { JobPlace } from "../job-place.ts";
import type { GetOptions, JobSource, JobState, WaitOptions } from "../job-source.ts";
import { failure, type JobResult } from "../result.ts";
import { isText } from "../text.ts";
import type { TrackedEvent } from "../tracking/tracked-event.ts";
import { waitForJob } from "../wait-for-job.ts";
import { readState, sameJob } from "./read-state.ts";

export type VideogenJobsOptions = HttpOptions;

/** VideoGen's kinds of job, as its event names call them. */
export type VideogenJobKind = keyof typeof kinds;

/** Which job: each kind has a status call of its own, and an export's needs its project. */
export type VideogenJobPlace =
  | { readonly kind: Exclude<VideogenJobKind, "project_export"> }
  | { readonly kind: "project_export"; readonly projectId: string };

export interface VideogenJobs extends JobSource {
  /** `invalid-id` without a kind, or of an export without its project; nothing was sent then. */
  get(id: string, options?: GetOptions): Promise<JobResult<{ readonly job: JobState }>>;
  /** Polls until the job has ended, every 5 s. */
  wait(id: string, options: WaitOptions & VideogenJobPlace): Promise<JobResult<{ readonly job: JobState }>>;
  toDeliveryBody(job: JobState): Uint8Array | undefined;
  placeOf(event: TrackedEvent): JobPlace;
}

/** Per kind: the path of its status call, and the names under which an answer has the job's id. */
const kinds = {
  tool_execution: { path: ["tools", "executions"], ids: ["toolExecutionId", "executionId"] },
  workflow_run: { path: ["workflows", "runs"], ids: ["workflowRunId"] },
  project_export: { path: ["projects"], ids: ["exportId"] },
  assistant_message: { path: ["assistant-messages"], ids: ["messageId"] },
  file: { path: ["files"], ids: ["fileId"] },
} as const satisfies Record<string, { readonly path: readonly string[]; readonly ids: readonly string[] }>;

const statuses: ReadonlyMap<unknown, JobStatus> = new Map<unknown, JobStatus>([
  ["pending", "queued"],
  ["running", "processing"],
  ["succeeded", "completed"],
  ["failed", "failed"],
  ["cancelled", "cancelled"],
]);

/** The sender's own SDK asks every 1.5 s; its API allows 500 calls an hour. */
const pollIntervalMs = 5_000;

/**
 * Jobs of VideoGen: tool executions, workflow runs, exports, assistant messages and uploads. The API key comes from
 * `VIDEOGEN_API_KEY` unless it is given. `videogenWebhooks` manages the endpoints that are told of them.
 *
 * @throws LatchhookError for an option that cannot work.
 * @example
 * const jobs = trackJobs({ source: videogenJobs(), store });
 * await jobs.track({ id: execution.toolExecutionId, kind: "tool_execution" });
 */
export function videogenJobs(options: VideogenJobsOptions = {}): VideogenJobs {
  const client = createHttpClient(options, {
    factory: "videogenJobs",
    environmentVariable: "VIDEOGEN_API_KEY",
    baseUrl: "https://api.videogen.io",
  });

  async function get(id: string, place: GetOptions = {}): Promise<JobResult<{ job: JobState }>> {
    const { kind, projectId } = place;
    if (!isKind(kind)) {
      return failure(
        "invalid-id",
        `A VideoGen job is asked about by its kind: ${Object.keys(kinds).join(", ")}.`,
      );
    }
    if (kind === "project_export" && !isText(projectId)) {
      return failure("invalid-id", "A VideoGen export is asked about in its project: pass projectId too.");
    }
    const exports = kind === "project_export" ? [String(projectId), "exports"] : [];
    const path = ["v1", ...kinds[kind].path, ...exports, id];
    const result = await client.json({ method: "GET", path, signal: place.signal });
    return result.ok ? sameJob(toState(kind, result.value, projectId), id) : result;
  }

  return {
    provider: "videogen",
    get,
    wait: waitForJob(get, pollIntervalMs),
    toDeliveryBody: videogenDeliveryBody,
    placeOf({ type = "", data }) {
      const kind = type.split(".", 1)[0];
      const { projectId } = objectMember(data);
      return kind === "project_export" && isText(projectId) ? { kind, projectId } : { kind };
    },
  };
}

function isKind(kind: unknown): kind is VideogenJobKind {
  return typeof kind === "string" && Object.hasOwn(kinds, kind);
}

function toState(kind: VideogenJobKind, data: JsonObject, projectId: unknown): JobResult<{ job: JobState }> {
  const { error, progressPercentage: progress } = data;
  const id = [...kinds[kind].ids, "id"].map((name) => data[name]).find(isText);
  const members = {
    kind,
    id,
    projectId: isText(data.projectId) ? data.projectId : projectId,
    status: kind === "file" ? fileStatus(data) : data.status,
    progress,
    errorMessage: typeof error === "string" ? error : (objectMember(error).message ?? data.message),
  };
  return readState(data, members, statuses);
}

/** A file has no status of its own: it is stored once something can be done with it. A failure does not show. */
function fileStatus({ status, downloadUrl, downloadSource, fileAnalysisMetadata }: JsonObject): unknown {
  if (status !== undefined) return status;
  const analysis = objectMember(fileAnalysisMetadata).analysisLoadingState;
  const analysed = analysis === "FULFILLED" || analysis === "REJECTED";
  return isText(downloadUrl) || objectMember(downloadSource).status === "ready" || analysed
    ? "succeeded"
    : "running";
}
