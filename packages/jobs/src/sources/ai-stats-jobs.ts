import { aiStatsStatuses } from "@latchhook/core/providers/ai-stats";
import { positive } from "../check-option.ts";
import { isLoopback } from "../http/base-url.ts";
import { boundedStream } from "../http/bounded-stream.ts";
import { type CallOptions, createHttpClient, type HttpOptions } from "../http/http-client.ts";
import type { JobSource, JobState, WaitOptions } from "../job-source.ts";
import { type JsonObject, objectMember } from "../json.ts";
import { failure, type JobResult } from "../result.ts";
import {
  type SubscriptionWarning,
  type WebhookSubscription,
  webhookSubscription,
} from "../subscription/webhook-subscription.ts";
import { waitForJob } from "../wait-for-job.ts";
import { aiStatsDeliveryBody } from "./ai-stats-delivery-body.ts";
import { readState, sameJob } from "./read-state.ts";

export interface AiStatsJobsOptions extends HttpOptions {
  /** Whether webhooks may go to this machine over http. Default: only where `baseUrl` is this machine too. */
  readonly development?: boolean | undefined;
  /** The largest content, in bytes. Default: 4 GiB. */
  readonly maxContentBytes?: number | undefined;
}

/** A video to make. Further members are sent as they are. */
export interface AiStatsVideoRequest {
  readonly model: string;
  readonly prompt: string;
  /** Where its events go; checked by {@link webhookSubscription} before anything is sent. */
  readonly webhook?: WebhookSubscription | undefined;
  readonly [member: string]: unknown;
}

export interface AiStatsCreated {
  readonly job: JobState;
  /** What was dropped from the subscription, or is missing in it. */
  readonly warnings: readonly SubscriptionWarning[];
}

export interface Content {
  /** The bytes. It fails with a JobStreamError at a limit or when the sender breaks off. */
  readonly stream: ReadableStream<Uint8Array>;
  readonly contentType: string | null;
  /** In bytes, as the sender announces it. */
  readonly contentLength: number | null;
}

export interface DownloadUrlOptions extends CallOptions {
  /** How long the URL works: 60 to 3600 seconds. Default: the sender's, 900. */
  readonly ttlSeconds?: number | undefined;
  readonly disposition?: "attachment" | "inline" | undefined;
  /** Which output, from 0. */
  readonly index?: number | undefined;
}

export interface AiStatsJobs extends JobSource {
  create(request: AiStatsVideoRequest, options?: CallOptions): Promise<JobResult<AiStatsCreated>>;
  get(id: string, options?: CallOptions): Promise<JobResult<{ readonly job: JobState }>>;
  /** Polls until the job has ended, at the sender's pace (`poll_after_seconds`, 20 s). */
  wait(id: string, options?: WaitOptions): Promise<JobResult<{ readonly job: JobState }>>;
  /** The finished video. `not-ready` before its end; then `retryable` says whether it can still come. */
  content(id: string, options?: CallOptions & { readonly index?: number }): Promise<JobResult<Content>>;
  /** A URL that opens the video without the API key. It is a secret while it lasts: do not log it. */
  downloadUrl(
    id: string,
    options?: DownloadUrlOptions,
  ): Promise<JobResult<{ readonly downloadUrl: string; readonly expiresAt: Date | null }>>;
  toDeliveryBody(job: JobState): Uint8Array | undefined;
}

const pollIntervalMs = 20_000;

/**
 * Video jobs of AI Stats, renamed Phaseo. The API key comes from `AI_STATS_API_KEY` unless it is given.
 *
 * @throws LatchhookError for an option that cannot work.
 */
export function aiStatsJobs(options: AiStatsJobsOptions = {}): AiStatsJobs {
  const client = createHttpClient(options, {
    factory: "aiStatsJobs",
    environmentVariable: "AI_STATS_API_KEY",
    baseUrl: "https://api.phaseo.app",
  });
  const maxBytes = positive("aiStatsJobs", "maxContentBytes", options.maxContentBytes ?? 4 * 2 ** 30);
  const development = options.development ?? isLoopback(client.baseUrl);

  async function get(id: string, { signal }: CallOptions = {}): Promise<JobResult<{ job: JobState }>> {
    const result = await client.json({ method: "GET", path: ["v1", "videos", id], signal });
    return result.ok ? sameJob(toState(result.value), id) : result;
  }

  return {
    provider: "ai-stats",
    get,
    wait: waitForJob(get, pollIntervalMs),
    toDeliveryBody: aiStatsDeliveryBody,

    async create({ webhook, ...request }, { signal } = {}) {
      const checked =
        webhook === undefined ? undefined : webhookSubscription(webhook, { kind: "video", development });
      if (checked?.ok === false) return failure("invalid-subscription", checked.error.message);
      const body = checked === undefined ? request : { ...request, webhook: checked.subscription };
      const result = await client.json({ method: "POST", path: ["v1", "videos"], body, signal });
      if (!result.ok) return result;
      const created = toState(result.value);
      return created.ok ? { ...created, warnings: checked?.warnings ?? [] } : created;
    },

    async content(id, { signal, index } = {}) {
      const query = index === undefined ? undefined : { index: String(index) };
      const path = ["v1", "videos", id, "content"];
      const opened = await client.open({ method: "GET", path, query, signal });
      if (!opened.ok) return opened;
      const { response, clock } = opened;
      clock.stop();
      const length = response.headers.get("content-length");
      const source = response.body ?? new Blob().stream();
      return {
        ok: true,
        stream: boundedStream(source, clock, { maxBytes, idleMs: client.timeoutMs, signal }),
        contentType: response.headers.get("content-type"),
        contentLength: length !== null && /^\d+$/.test(length) ? Number(length) : null,
      };
    },

    async downloadUrl(id, { signal, ttlSeconds, disposition, index } = {}) {
      const body = { ttl_seconds: ttlSeconds, disposition, index };
      const path = ["v1", "videos", id, "download_url"];
      const result = await client.json({ method: "POST", path, body, signal });
      if (!result.ok) return result;
      const { download_url: downloadUrl, expires_at: expires } = result.value;
      if (typeof downloadUrl !== "string" || !URL.canParse(downloadUrl)) {
        return failure("malformed-response", "The answer holds no download URL.");
      }
      return {
        ok: true,
        downloadUrl,
        expiresAt: typeof expires === "number" ? new Date(expires * 1000) : null,
      };
    },
  };
}

/** The job's id is `id`; the public docs call it `video_id`, so that is understood too. */
function toState(data: JsonObject): JobResult<{ job: JobState }> {
  const { error } = data;
  const members = {
    id: data.id ?? data.video_id,
    status: data.status,
    progress: data.progress,
    pollAfterSeconds: data.poll_after_seconds,
    errorMessage: typeof error === "string" ? error : (objectMember(error).message ?? upstreamMessage(data)),
  };
  return readState(data, members, aiStatsStatuses);
}

function upstreamMessage(data: JsonObject): unknown {
  return objectMember(data.upstream_error).message;
}
