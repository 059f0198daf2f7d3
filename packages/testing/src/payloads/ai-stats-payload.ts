import { unixSeconds } from "../signed-webhook.ts";
import { type AiStatsJob, aiStatsBatch, aiStatsVideo } from "./ai-stats-data.ts";

type AiStatsChange =
  | "created"
  | "progress"
  | "completed"
  | "failed"
  | "cancelled"
  | "expired"
  | "status_changed";

/** The event types of AI Stats. */
export type AiStatsEventType = `${"video" | "batch"}.${AiStatsChange}`;

export interface AiStatsPayloadOptions {
  /** Default: `video.completed`. */
  readonly type?: AiStatsEventType | (string & {}) | undefined;
  /** Default: `video_8c1f0a5e7b`, or `batch_8c1f0a5e7b`. */
  readonly jobId?: string | undefined;
  /** Which of the sender's attempts this is, from 1. Default: 1. */
  readonly attempt?: number | undefined;
  /** Default: 4. */
  readonly maxAttempts?: number | undefined;
  /** When this attempt was made, in Unix seconds. Default: now. */
  readonly createdAt?: number | undefined;
  /** The bucket of a `progress` event: 5, 10, 20 … 90, 95. Default: 50. */
  readonly progress?: number | undefined;
  /** The internal statuses of a `status_changed` event. Default: `queued` to `in_progress`. */
  readonly statusChange?: { readonly previousStatus: string; readonly status: string } | undefined;
  /** Members of `data` to add or replace. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  /** The sender's version: before `2026-06` a body had neither id nor delivery key. Default: `2026-08`. */
  readonly version?: "2026-04" | "2026-06" | "2026-08" | undefined;
}

export interface AiStatsPayload {
  readonly id?: string;
  readonly type: string;
  readonly created_at: number;
  readonly delivery?: { readonly key: string; readonly attempt: number; readonly max_attempts: number };
  readonly status_change?: { readonly previous_status: string; readonly status: string };
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * A body of AI Stats (Phaseo). Attempts of one event share `id` and `delivery.key`; its clock, its attempt number and
 * the job's data differ, as they do at the sender.
 */
export function aiStatsPayload(options: AiStatsPayloadOptions = {}): AiStatsPayload {
  const { type = "video.completed", attempt = 1, maxAttempts = 4, version = "2026-08" } = options;
  const kind = type.slice(0, Math.max(0, type.indexOf("."))) || "video";
  const change = type.slice(type.indexOf(".") + 1);
  const createdAt = options.createdAt ?? unixSeconds();
  const statusChange = options.statusChange ?? { previousStatus: "queued", status: "in_progress" };
  const job: AiStatsJob = {
    id: options.jobId ?? `${kind}_8c1f0a5e7b`,
    type,
    status: statusOf(change, statusChange.status),
    progress: options.progress ?? (change === "progress" ? 50 : undefined),
    attempt,
    createdAt,
  };
  const data = { ...(kind === "batch" ? aiStatsBatch(job) : aiStatsVideo(job)), ...options.data };
  if (version === "2026-04") return { type, created_at: createdAt, data };

  const key = deliveryKeyOf(type, change, job.progress, statusChange);
  const payload = {
    id: aiStatsEventId(kind, job.id, key),
    type,
    created_at: createdAt,
    delivery: { key, attempt, max_attempts: maxAttempts },
    data,
  };
  if (change !== "status_changed" || version === "2026-06") return payload;
  const { previousStatus, status } = statusChange;
  return { ...payload, status_change: { previous_status: previousStatus, status } };
}

/** The event id as the sender makes it: a run of anything but `[A-Za-z0-9_-]` becomes one `_`, and all is cut at 160. */
export function aiStatsEventId(kind: string, jobId: string, deliveryKey: string): string {
  return ["evt", kind, jobId, deliveryKey]
    .join("_")
    .replace(/[^A-Za-z0-9_-]+/g, "_")
    .slice(0, 160);
}

/** The sender's delivery key. It holds no job id: every job's completion has the same one. */
function deliveryKeyOf(
  type: string,
  change: string,
  progress: number | undefined,
  { previousStatus, status }: { readonly previousStatus: string; readonly status: string },
): string {
  if (change === "progress") return `${type}:${progress}`;
  return change === "status_changed" ? `${type}:${previousStatus}:${status}` : type;
}

function statusOf(change: string, changedTo: string): string {
  if (change === "created") return "queued";
  if (change === "progress") return "processing";
  if (change === "status_changed") return changedTo === "in_progress" ? "processing" : changedTo;
  return change;
}
