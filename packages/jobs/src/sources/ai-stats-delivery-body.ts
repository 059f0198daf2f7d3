import type { JobState } from "../job-source.ts";

const encoder = new TextEncoder();

/**
 * The body of the delivery that AI Stats makes when a video job has ended: `video.<status>`, with the event id and
 * the delivery key that it derives from the job. There is no attempt in it, for nobody attempted anything.
 */
export function aiStatsDeliveryBody(job: JobState): Uint8Array | undefined {
  if (!job.terminal) return undefined;
  const type = `video.${job.status}`;
  const { data } = job;
  const payload = {
    id: `evt_video_${job.id}_${type}`.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 160),
    type,
    created_at: Math.floor(Date.now() / 1000),
    delivery: { key: type },
    data: {
      // The status call and the delivery name these differently.
      request_id: data.generation_id ?? null,
      native_id: data.native_video_id ?? null,
      duration_seconds: data.seconds ?? null,
      resolution: data.size ?? null,
      ...(job.errorMessage === null ? {} : { upstream_error: { message: job.errorMessage } }),
      ...data,
      id: job.id,
      object: "video",
      kind: "video",
      status: job.status,
    },
  };
  return encoder.encode(JSON.stringify(payload));
}
