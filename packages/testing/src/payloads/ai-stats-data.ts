/** What a job's data is made from. */
export interface AiStatsJob {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly progress: number | undefined;
  readonly attempt: number;
  /** Unix seconds. */
  readonly createdAt: number;
}

const apiUrl = "https://api.example.com/v1";

const lifecycle: Readonly<Record<string, string>> = { queued: "pending", processing: "running" };

/** The data of a video job, with all members that the sender has. */
export function aiStatsVideo(job: AiStatsJob): Record<string, unknown> {
  const { id, status, createdAt } = job;
  const url = `${apiUrl}/videos/${encodeURIComponent(id)}`;
  const completed = status === "completed";
  const ended = !(status in lifecycle);
  return {
    id,
    object: "video",
    kind: "video",
    status,
    lifecycle_status: lifecycle[status] ?? status,
    request_id: "req_2f9b6c",
    native_id: "operations/71c44e",
    session_id: null,
    app_id: null,
    progress: completed ? 100 : (job.progress ?? null),
    provider: "google-ai-studio",
    model: "google/veo-3",
    polling_url: url,
    websocket_url: null,
    cancel_url: `${url}/cancel`,
    content_url: completed ? `${url}/content` : null,
    // Signed anew for each attempt, as the sender does.
    download_url: completed ? `${url}/download?expires=${createdAt + 900}&token=example` : null,
    // The URL's end, in Unix seconds; all other times are ISO 8601.
    expires_at: completed ? createdAt + 900 : null,
    ...videoTimes(ended),
    resolution: "1280x720",
    quality: "standard",
    output_access: "signed_url",
    webhook: webhookState(job),
    ...accounting(ended),
    next_webhook_retry_at: null,
    last_webhook_progress: job.progress ?? null,
    last_webhook_progress_at: job.progress === undefined ? null : iso(createdAt),
    last_webhook_dispatched_at: iso(createdAt),
    finalized_at: ended ? iso(createdAt - 2) : null,
    last_polled_at: iso(createdAt - 3),
    polled_status: status,
    last_reconciled_at: null,
    ...diagnostics(status),
    created_at: iso(createdAt - 94),
    updated_at: iso(createdAt),
  };
}

/** The data of a batch job. */
export function aiStatsBatch(job: AiStatsJob): Record<string, unknown> {
  const { id, status, createdAt } = job;
  const completed = status === "completed";
  return {
    id,
    object: "batch",
    kind: "batch",
    status: { queued: "pending", processing: "in_progress" }[status] ?? status,
    lifecycle_status: lifecycle[status] ?? status,
    request_id: "req_2f9b6c",
    native_id: "batch_native_71c44e",
    provider: "openai",
    model: "openai/gpt-5",
    request_counts: { total: 20, completed: completed ? 19 : 7, failed: completed ? 1 : 0 },
    input_file_id: "file_in_31",
    output_file_id: completed ? "file_out_32" : null,
    error_file_id: completed ? "file_err_33" : null,
    webhook: webhookState(job),
    billing: { billable: true, currency: "USD", total: completed ? "0.42" : null },
    upstream_error: upstreamError(status),
    created_at: iso(createdAt - 94),
    updated_at: iso(createdAt),
  };
}

function videoTimes(ended: boolean): Record<string, unknown> {
  return {
    duration_seconds: 8,
    duration_ms: 8_000,
    total_duration_ms: ended ? 92_000 : null,
    latency_ms: 812,
    generation_ms: ended ? 91_188 : null,
  };
}

function accounting(ended: boolean): Record<string, unknown> {
  return {
    key_source: "gateway",
    byok_key_id: null,
    reservation_id: "rsv_5520",
    reservation_status: ended ? "settled" : "held",
    pricing_breakdown: ended ? { lines: [{ unit: "second", quantity: 8, total: "3.20" }] } : null,
    billing: ended ? { billable: true, currency: "USD", total: "3.20" } : null,
  };
}

function diagnostics(status: string): Record<string, unknown> {
  return {
    upstream_error: upstreamError(status),
    provider_failure_diagnostics: null,
    failure_sample: null,
    routing_diagnostics: null,
    provider_enablement: null,
    provider_candidate_diagnostics: null,
  };
}

function upstreamError(status: string): Record<string, unknown> | null {
  if (status !== "failed") return null;
  const message = "The prompt was refused by the provider's safety filter.";
  return {
    code: "content_policy",
    type: "invalid_request",
    message,
    description: null,
    param: null,
    status: 400,
  };
}

/** The public delivery state: what the sender remembers of its earlier attempts. */
function webhookState({ type, attempt, createdAt }: AiStatsJob): Record<string, unknown> {
  const failures = Array.from({ length: attempt - 1 }, (_, index) => ({
    id: `wha_${index + 1}`,
    delivery_key: type,
    event_type: type,
    status: "scheduled_retry",
    attempt_number: index + 1,
    max_attempts: 4,
    tried_at: iso(createdAt - 60 * (attempt - 1 - index)),
    delivered_at: null,
    next_retry_at: iso(createdAt),
    response_status: 503,
    error_message: null,
    response_body_preview: '{"error":"busy"}',
  }));
  const last = failures.at(-1);
  return {
    url: "https://app.example.com/webhooks/ai-stats",
    events: ["job.completed", "job.failed", "job.cancelled", "job.expired"],
    has_secret: true,
    delivery: {
      total_attempts: failures.length,
      delivered_events: 0,
      delivered_event_types: [],
      pending_retries: failures.length > 0 ? 1 : 0,
      next_retry_at: null,
      last_attempt_at: last?.tried_at ?? null,
      last_attempt_status: last?.status ?? null,
      last_response_status: last?.response_status ?? null,
      last_delivered_at: null,
      last_failure_at: last?.tried_at ?? null,
      last_error_message: null,
    },
    attempts: failures,
  };
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
