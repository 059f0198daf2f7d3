import { isJsonObject, type JsonObject, objectMember } from "@latchhook/core/kit";
import type { JobState } from "../job-source.ts";
import {
  convertMembers,
  type DeliveryMember,
  isoTime,
  number,
  object,
  objects,
  text,
  toJsonBytes,
  unixSeconds,
} from "./conversions.ts";

/**
 * The body of the delivery that AI Stats makes when a job has ended: `video.<status>` or `batch.<status>`, with the
 * event id and the delivery key that it derives from the job. There is no attempt in it, for nobody attempted anything.
 */
export function aiStatsDeliveryBody(job: JobState): Uint8Array | undefined {
  if (!job.terminal) return undefined;
  const kind = job.kind === "batch" ? "batch" : "video";
  const type = `${kind}.${job.status}`;
  return toJsonBytes({
    id: eventId(kind, job.id, type),
    type,
    created_at: Math.floor(Date.now() / 1000),
    delivery: { key: type },
    data: {
      ...convertMembers(job.data, kind === "batch" ? batchMembers : videoMembers),
      ...(kind === "batch" ? requestCounts(job.data) : {}),
      ...progressOf(job),
      upstream_error: upstreamError(job),
      id: job.id,
      object: kind,
      kind,
      status: job.status,
      lifecycle_status: job.status,
    },
  });
}

/** As the sender makes it: a run of what is not `[a-zA-Z0-9_-]` becomes one `_`, and all is cut at 160. */
function eventId(kind: string, jobId: string, deliveryKey: string): string {
  return ["evt", kind, jobId, deliveryKey]
    .join("_")
    .replace(/[^a-zA-Z0-9_-]+/g, "_")
    .slice(0, 160);
}

/** What deliveries of both kinds have. Where the status call has another name for a member, that comes second. */
const jobMembers: Readonly<Record<string, DeliveryMember>> = {
  request_id: [text, "generation_id"],
  session_id: [text],
  app_id: [text],
  provider: [text],
  model: [text],
  polling_url: [text],
  websocket_url: [text],
  cancel_url: [text],
  webhook: [object],
  key_source: [text],
  byok_key_id: [text],
  reservation_id: [text],
  reservation_status: [text],
  next_webhook_retry_at: [isoTime],
  last_webhook_progress: [number],
  last_webhook_progress_at: [isoTime],
  last_webhook_dispatched_at: [isoTime],
  finalized_at: [isoTime, "completed_at"],
  last_polled_at: [isoTime],
  polled_status: [text],
  last_reconciled_at: [isoTime],
  provider_failure_diagnostics: [object],
  failure_sample: [objects],
  routing_diagnostics: [object],
  provider_enablement: [object],
  provider_candidate_diagnostics: [object],
  pricing_breakdown: [object],
  billing: [object],
  created_at: [isoTime],
  updated_at: [isoTime],
};

const videoMembers: Readonly<Record<string, DeliveryMember>> = {
  ...jobMembers,
  native_id: [text, "native_video_id"],
  content_url: [text],
  download_url: [text],
  expires_at: [unixSeconds],
  duration_seconds: [number, "seconds"],
  duration_ms: [number],
  total_duration_ms: [number],
  latency_ms: [number],
  generation_ms: [number],
  resolution: [text, "size"],
  quality: [text],
  output_access: [text],
};

const batchMembers: Readonly<Record<string, DeliveryMember>> = {
  ...jobMembers,
  native_id: [text, "native_batch_id"],
  endpoint: [text],
  completion_window: [text],
  input_file_id: [text],
  output_file_id: [text],
  error_file_id: [text],
  pricing_lines: [objects],
};

function requestCounts({ request_counts: counts }: JsonObject): JsonObject {
  if (!isJsonObject(counts)) return {};
  return {
    request_counts: convertMembers(counts, { total: [number], completed: [number], failed: [number] }),
  };
}

function progressOf({ status, progress }: JobState): JsonObject {
  if (status === "completed") return { progress: 100 };
  return progress === null ? {} : { progress };
}

function upstreamError({ data, errorMessage }: JobState): JsonObject | null {
  const told = [data.upstream_error, data.error].find(isJsonObject);
  const { code, ...rest } = convertMembers(objectMember(told), {
    code: [(value) => text(value) ?? number(value)],
    type: [text],
    message: [text],
    description: [text],
    param: [text],
    status: [number],
  });
  const message = rest.message ?? errorMessage;
  if (told === undefined && message === null) return null;
  return { ...(code === undefined ? {} : { code }), ...rest, ...(message === null ? {} : { message }) };
}
