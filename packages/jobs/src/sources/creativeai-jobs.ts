import type { JobStatus } from "@latchhook/core";
import type { JsonObject } from "@latchhook/core/kit";
import { creativeaiDeliveryBody, creativeaiEndedAt } from "../delivery-body/creativeai-delivery-body.ts";
import { isLoopback } from "../http/base-url.ts";
import { type CallOptions, createHttpClient, type HttpOptions } from "../http/http-client.ts";
import type { JobSource, JobState, WaitOptions } from "../job-source.ts";
import { failure, type JobResult } from "../result.ts";
import { checkWebhookUrl } from "../subscription/webhook-url.ts";
import { waitForJob } from "../wait-for-job.ts";
import { readState, sameJob } from "./read-state.ts";

export interface CreativeaiJobsOptions extends HttpOptions {
  /** Whether webhooks may go to this machine over http. Default: only where `baseUrl` is this machine too. */
  readonly development?: boolean | undefined;
}

/** A video to make. Further members are sent as they are. */
export interface CreativeaiVideoRequest {
  /** A model's name, or `"auto"`. */
  readonly model: string;
  readonly prompt: string;
  /** Where the result goes; checked before anything is sent. */
  readonly webhook_url?: string | undefined;
  /** Whether another model may take over when the chosen one fails. */
  readonly failover?: boolean | undefined;
  readonly [member: string]: unknown;
}

export interface CreativeaiJobs extends JobSource {
  create(
    request: CreativeaiVideoRequest,
    options?: CallOptions,
  ): Promise<JobResult<{ readonly job: JobState }>>;
  get(id: string, options?: CallOptions): Promise<JobResult<{ readonly job: JobState }>>;
  /** Polls until the job has ended, every 5 s, as the sender recommends. */
  wait(id: string, options?: WaitOptions): Promise<JobResult<{ readonly job: JobState }>>;
  toDeliveryBody(job: JobState): Uint8Array | undefined;
  endedAt(job: JobState): Date | null;
}

const statuses: ReadonlyMap<unknown, JobStatus> = new Map<unknown, JobStatus>([
  ["queued", "queued"],
  ["pending", "queued"],
  ["processing", "processing"],
  ["completed", "completed"],
  ["failed", "failed"],
]);

const pollIntervalMs = 5_000;

/**
 * Video generations of CreativeAI. The API key, which also signs its webhooks, comes from `CREATIVEAI_API_KEY` unless
 * it is given.
 *
 * @throws LatchhookError for an option that cannot work.
 */
export function creativeaiJobs(options: CreativeaiJobsOptions = {}): CreativeaiJobs {
  const client = createHttpClient(options, {
    factory: "creativeaiJobs",
    environmentVariable: "CREATIVEAI_API_KEY",
    baseUrl: "https://api.creativeai.run",
  });
  const development = options.development ?? isLoopback(client.baseUrl);

  async function get(id: string, { signal }: CallOptions = {}): Promise<JobResult<{ job: JobState }>> {
    const path = ["v1", "video", "generations", id];
    const result = await client.json({ method: "GET", path, signal });
    return result.ok ? sameJob(toState(result.value), id) : result;
  }

  return {
    provider: "creativeai",
    get,
    wait: waitForJob(get, pollIntervalMs),
    toDeliveryBody: creativeaiDeliveryBody,
    endedAt: creativeaiEndedAt,

    async create(request, { signal } = {}) {
      if (request.webhook_url !== undefined) {
        const checked = checkWebhookUrl(request.webhook_url, { development });
        if (!checked.ok) return failure("invalid-subscription", checked.error.message);
      }
      const path = ["v1", "video", "generations"];
      const result = await client.json({ method: "POST", path, body: request, signal });
      return result.ok ? toState(result.value) : result;
    },
  };
}

function toState(data: JsonObject): JobResult<{ job: JobState }> {
  const { id, status, progress, error_message: errorMessage } = data;
  return readState(data, { kind: "video", id, status, progress, errorMessage }, statuses);
}
