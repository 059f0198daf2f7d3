import * as z from "zod/mini";
import { eventTypes, type SenderEvent } from "../../define-sender.ts";

const text = z.nullish(z.string());
const number = z.nullish(z.number());

const job = {
  id: z.string(),
  status: text,
  request_id: text,
  provider: text,
  model: text,
  created_at: text,
  updated_at: text,
};

/** `event.data` of `video.*`. `download_url` is a bearer URL that lasts 15 minutes: never log it. */
export const aiStatsVideo = z.looseObject({
  ...job,
  lifecycle_status: text,
  progress: number,
  resolution: text,
  quality: text,
  duration_seconds: number,
  polling_url: text,
  content_url: text,
  download_url: text,
  upstream_error: z.nullish(z.looseObject({ code: z.optional(z.unknown()), type: text, message: text })),
});

/** `event.data` of `batch.*`. */
export const aiStatsBatch = z.looseObject({
  ...job,
  request_counts: z.nullish(z.looseObject({ total: number, completed: number, failed: number })),
});

/** A video job as a delivery carries it. `download_url` is a bearer URL that lasts 15 minutes: never log it. */
export type AiStatsVideo = z.infer<typeof aiStatsVideo>;
export type AiStatsBatch = z.infer<typeof aiStatsBatch>;

/** What can be told of a job: `video.completed`, `batch.completed` and so on. */
export const aiStatsChanges = [
  "created",
  "progress",
  "completed",
  "failed",
  "cancelled",
  "expired",
  "status_changed",
] as const;

/** Each type that AI Stats sends, with the schema of its data. */
export const aiStatsEvents = {
  ...eventTypes("video", aiStatsChanges, aiStatsVideo),
  ...eventTypes("batch", aiStatsChanges, aiStatsBatch),
};
export type AiStatsEvent = SenderEvent<typeof aiStatsEvents>;
