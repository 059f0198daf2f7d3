import type { DeliveryRecord } from "../delivery/outgoing.ts";
import { hasEnded, type SandboxJob } from "../job.ts";
import type { AiStatsSubscription } from "./ai-stats-subscription.ts";
import { downloadLink } from "./download-link.ts";

const lifecycles: Readonly<Record<string, string>> = { queued: "pending", processing: "running" };

const pollAfterSeconds = 20;

/** Where the sandbox is, and how much faster jobs live: they are to be polled sooner. */
export interface ResponseContext {
  readonly origin: string;
  readonly speed: number;
}

/** A video job, with the members that the sender has. */
export function aiStatsVideo(job: SandboxJob, { origin, speed }: ResponseContext): Record<string, unknown> {
  const url = `${origin}/v1/videos/${encodeURIComponent(job.id)}`;
  const completed = job.status === "completed";
  const expiresAt = Math.floor(Date.now() / 1000) + 900;
  return {
    id: job.id,
    object: "video",
    status: job.status,
    lifecycle_status: lifecycles[job.status] ?? job.status,
    output_access: "both",
    progress: job.progress,
    progress_source: "provider",
    polling_url: url,
    websocket_url: null,
    poll_after_seconds: pollAfterSeconds / speed,
    cancel_url: hasEnded(job) ? null : `${url}/cancel`,
    generation_id: `req_${job.id}`,
    native_video_id: `operations/${job.id}`,
    created_at: job.createdAt.toISOString(),
    started_at: job.status === "queued" ? null : job.createdAt.toISOString(),
    completed_at: job.endedAt?.toISOString() ?? null,
    provider: "sandbox",
    model: job.request.model ?? null,
    seconds: 8,
    size: "1280x720",
    audio: null,
    asset: completed ? { id: `ast_${job.id}`, mime_type: "video/mp4", duration_seconds: 8 } : null,
    outputs: completed ? [{ index: 0, mime_type: "video/mp4", content_url: `${url}/content` }] : [],
    ...(job.status === "failed" ? { error: "The provider refused the prompt." } : {}),
    billing: { currency: "usd", state: completed ? "settled" : hasEnded(job) ? "void" : "estimated" },
    content_url: `${url}/content`,
    download_url: completed ? downloadLink(origin, job.id, expiresAt) : null,
    expires_at: completed ? expiresAt : null,
  };
}

/** What `GET /v1/videos/{id}` answers. For OpenAI's models it passes on what that API says: other words, other types. */
export function aiStatsVideoAnswer(job: SandboxJob, context: ResponseContext): Record<string, unknown> {
  const video = aiStatsVideo(job, context);
  if (!String(job.request.model).startsWith("openai/")) return video;
  return {
    ...video,
    status: job.status === "processing" ? "in_progress" : job.status,
    seconds: "8",
    created_at: unixSeconds(job.createdAt),
    completed_at: job.endedAt === null ? null : unixSeconds(job.endedAt),
    ...(job.status === "failed"
      ? { error: { code: "moderation_blocked", message: "The prompt was refused." } }
      : {}),
  };
}

/** A batch, with the members that deliveries and status calls share. */
export function aiStatsBatch(job: SandboxJob, { origin, speed }: ResponseContext): Record<string, unknown> {
  const url = `${origin}/v1/batches/${encodeURIComponent(job.id)}`;
  const total = 20;
  const failed = job.status === "completed" ? 1 : 0;
  return {
    object: "batch",
    lifecycle_status: lifecycles[job.status] ?? job.status,
    progress: job.progress,
    request_id: `req_${job.id}`,
    provider: "openai",
    model: job.request.model ?? null,
    endpoint: job.request.endpoint ?? "/v1/responses",
    completion_window: "24h",
    input_file_id: job.request.input_file_id ?? null,
    output_file_id: job.status === "completed" ? `file_out_${job.id}` : null,
    error_file_id: job.status === "completed" ? `file_err_${job.id}` : null,
    request_counts: { total, completed: Math.floor((total * job.progress) / 100) - failed, failed },
    polling_url: url,
    poll_after_seconds: pollAfterSeconds / speed,
    cancel_url: hasEnded(job) ? null : `${url}/cancel`,
    billing: { currency: "usd", state: job.status === "completed" ? "settled" : "pending" },
  };
}

const batchStatuses: Readonly<Record<string, string>> = { queued: "validating", processing: "in_progress" };

/** What `GET /v1/batches/{id}` answers: as the model provider has it, times in Unix seconds. */
export function aiStatsBatchAnswer(job: SandboxJob, context: ResponseContext): Record<string, unknown> {
  return {
    ...aiStatsBatch(job, context),
    id: job.id,
    native_batch_id: `batch_native_${job.id}`,
    status: batchStatuses[job.status] ?? job.status,
    created_at: unixSeconds(job.createdAt),
    expires_at: unixSeconds(job.createdAt) + 86_400,
    completed_at: job.endedAt === null ? null : unixSeconds(job.endedAt),
  };
}

function unixSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

const attemptsShown = 10;

/** The public delivery state, which echoes the receiver's own earlier answers. */
export function aiStatsDeliveryState(
  job: SandboxJob,
  { endpointId, events, ...subscription }: AiStatsSubscription,
  records: readonly DeliveryRecord[],
): Record<string, unknown> {
  const attempts = records
    .filter(({ jobId, sender }) => sender === "ai-stats" && jobId === job.id)
    .map(toAttempt);
  const delivered = attempts.filter(({ status }) => status === "delivered");
  const last = attempts.at(-1);
  return {
    ...(endpointId === undefined ? {} : { endpoint_id: endpointId }),
    url: subscription.shownUrl(),
    events,
    has_secret: endpointId !== undefined || subscription.target() !== undefined,
    delivery: {
      total_attempts: attempts.length,
      delivered_events: delivered.length,
      delivered_event_types: [...new Set(delivered.map(({ delivery_key }) => delivery_key))].sort(),
      last_attempt_at: last?.tried_at ?? null,
      last_attempt_status: last?.status ?? null,
      last_response_status: last?.response_status ?? null,
    },
    attempts: attempts.slice(-attemptsShown),
  };
}

function toAttempt(record: DeliveryRecord, index: number) {
  const delivered = record.status !== null && record.status >= 200 && record.status < 300;
  const final = record.attempt >= record.maxAttempts;
  return {
    id: `wha_${index + 1}`,
    delivery_key: record.type,
    event_type: record.type.split(":", 1)[0],
    status: delivered ? "delivered" : final ? "failed_permanently" : "scheduled_retry",
    attempt_number: record.attempt,
    max_attempts: record.maxAttempts,
    tried_at: record.sentAt,
    delivered_at: delivered ? record.sentAt : null,
    response_status: record.status,
    error_message: record.error,
    response_body_preview: record.preview,
  };
}
