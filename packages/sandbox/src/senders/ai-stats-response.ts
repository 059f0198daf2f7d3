import type { DeliveryRecord } from "../delivery/outgoing.ts";
import { hasEnded, type SandboxJob } from "../job.ts";
import type { AiStatsSubscription } from "./ai-stats-subscription.ts";
import { downloadLink } from "./download-link.ts";

const lifecycles: Readonly<Record<string, string>> = { queued: "pending", processing: "running" };

const pollAfterSeconds = 20;

/** What `GET /v1/videos/{id}` answers, with the members that the sender has. Faster jobs are to be polled sooner. */
export function aiStatsVideoResponse(
  job: SandboxJob,
  origin: string,
  speed: number,
): Record<string, unknown> {
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

const attemptsShown = 10;

/** The public delivery state, which echoes the receiver's own earlier answers. */
export function aiStatsDeliveryState(
  job: SandboxJob,
  { url, events, secret }: AiStatsSubscription,
  records: readonly DeliveryRecord[],
): Record<string, unknown> {
  const attempts = records
    .filter(({ jobId, sender }) => sender === "ai-stats" && jobId === job.id)
    .map(toAttempt);
  const delivered = attempts.filter(({ status }) => status === "delivered");
  const last = attempts.at(-1);
  return {
    url: url.href,
    events,
    has_secret: secret !== undefined,
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
