import { positive } from "../check-option.ts";
import { aiStatsDeliveryBody } from "../delivery-body/ai-stats-delivery-body.ts";
import { isLoopback } from "../http/base-url.ts";
import { boundedStream } from "../http/bounded-stream.ts";
import { type CallOptions, createHttpClient, type HttpOptions } from "../http/http-client.ts";
import type { JobPlace } from "../job-place.ts";
import type { GetOptions, JobSource, JobState, WaitOptions } from "../job-source.ts";
import { failure, type JobFailure, type JobResult } from "../result.ts";
import {
  type CheckedSubscription,
  type JobKind,
  type SubscriptionWarning,
  type WebhookSubscription,
  webhookSubscription,
} from "../subscription/webhook-subscription.ts";
import type { TrackedEvent } from "../tracking/tracked-event.ts";
import { waitForJob } from "../wait-for-job.ts";
import { aiStatsState } from "./ai-stats-state.ts";
import { sameJob } from "./read-state.ts";

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

/** A batch to run: a file of requests, or the requests themselves. All but `webhook` is sent as it is. */
export interface AiStatsBatchRequest {
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
  createBatch(request: AiStatsBatchRequest, options?: CallOptions): Promise<JobResult<AiStatsCreated>>;
  /**
   * A job of either kind. An id does not say which it is: without `kind` (`"video"` or `"batch"`) videos are asked, and
   * batches where no video has that id.
   */
  get(id: string, options?: GetOptions): Promise<JobResult<{ readonly job: JobState }>>;
  /** Polls until the job has ended, at the sender's pace (`poll_after_seconds`, 20 s). */
  wait(id: string, options?: WaitOptions): Promise<JobResult<{ readonly job: JobState }>>;
  /** Asks for a video to be cancelled. `refused` with status 501 where the sender does not do that. */
  cancel(id: string, options?: CallOptions): Promise<JobResult<{ readonly job: JobState }>>;
  /** The finished video. `not-ready` before its end; then `retryable` says whether it can still come. */
  content(id: string, options?: CallOptions & { readonly index?: number }): Promise<JobResult<Content>>;
  /** A URL that opens the video without the API key. It is a secret while it lasts: do not log it. */
  downloadUrl(
    id: string,
    options?: DownloadUrlOptions,
  ): Promise<JobResult<{ readonly downloadUrl: string; readonly expiresAt: Date | null }>>;
  toDeliveryBody(job: JobState): Uint8Array | undefined;
  placeOf(event: TrackedEvent): JobPlace;
}

const pollIntervalMs = 20_000;

/**
 * Jobs of AI Stats, renamed Phaseo: videos and batches. The API key comes from `AI_STATS_API_KEY` unless it is given.
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

  async function ask(
    kind: JobKind,
    id: string,
    signal: AbortSignal | undefined,
  ): Promise<JobResult<{ job: JobState }>> {
    const result = await client.json({ method: "GET", path: ["v1", paths[kind], id], signal });
    return result.ok ? sameJob(aiStatsState(kind, result.value), id) : result;
  }

  async function get(id: string, { kind, signal }: GetOptions = {}): Promise<JobResult<{ job: JobState }>> {
    if (isKind(kind)) return ask(kind, id, signal);
    const video = await ask("video", id, signal);
    if (video.ok || video.error.code !== "not-found") return video;
    const batch = await ask("batch", id, signal);
    // Not every account has batches: an id that is no video's is then simply not known.
    return batch.ok || batch.error.retryable || batch.error.code === "aborted" ? batch : video;
  }

  async function submit(
    kind: JobKind,
    { webhook, ...request }: AiStatsBatchRequest,
    { signal }: CallOptions = {},
  ): Promise<JobResult<AiStatsCreated>> {
    const checked = webhook === undefined ? undefined : webhookSubscription(webhook, { kind, development });
    if (checked?.ok === false) return failure("invalid-subscription", checked.error.message);
    const body = checked === undefined ? request : { ...request, webhook: checked.subscription };
    const result = await client.json({ method: "POST", path: ["v1", paths[kind]], body, signal });
    if (!result.ok) return checked === undefined ? result : explainRefusal(result, checked.subscription);
    const created = aiStatsState(kind, result.value);
    return created.ok ? { ...created, warnings: checked?.warnings ?? [] } : created;
  }

  return {
    provider: "ai-stats",
    get,
    wait: waitForJob(get, pollIntervalMs),
    toDeliveryBody: aiStatsDeliveryBody,
    placeOf: ({ type }) => ({ kind: type?.split(".", 1)[0] }),
    create: (request, callOptions) => submit("video", request, callOptions),
    createBatch: (request, callOptions) => submit("batch", request, callOptions),

    async cancel(id, { signal } = {}) {
      const result = await client.json({ method: "POST", path: ["v1", "videos", id, "cancel"], signal });
      return result.ok ? sameJob(aiStatsState("video", result.value), id) : result;
    },

    async content(id, { signal, index } = {}) {
      const query = index === undefined ? undefined : { index: String(index) };
      const path = ["v1", "videos", id, "content"];
      const opened = await client.open({ method: "GET", path, query, signal });
      if (!opened.ok) return opened;
      const { response, url, clock } = opened;
      clock.stop();
      const length = response.headers.get("content-length");
      const source = response.body ?? new Blob().stream();
      return {
        ok: true,
        stream: boundedStream(source, clock, { url, maxBytes, idleMs: client.timeoutMs, signal }),
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

const paths: Readonly<Record<JobKind, string>> = { video: "videos", batch: "batches" };

function isKind(kind: unknown): kind is JobKind {
  return kind === "video" || kind === "batch";
}

/** Which form of subscription is taken depends on the deployment, and a 400 alone does not say that. */
function explainRefusal(result: JobFailure, subscription: CheckedSubscription): JobFailure {
  const { code, status, message } = result.error;
  if (code !== "refused" || (status !== 400 && status !== 422)) return result;
  const hint =
    "endpoint_id" in subscription
      ? "check that the endpoint exists, is active and belongs to this account; deployments from before August 2026 know no endpoint_id and take { url, secret } instead"
      : "deployments since August 2026 take no { url, secret }; create an endpoint with aiStatsEndpoints() and pass { endpoint_id } instead";
  return {
    ok: false,
    error: { ...result.error, message: `${message} If that is for the webhook: ${hint}.` },
  };
}
