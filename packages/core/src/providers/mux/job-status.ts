import type { JobStatus } from "../../event.ts";

/**
 * What is made by a job: assets, uploads, tracks, renditions, and the work of Mux Robots. All else (live streams,
 * masters, warnings, what is deleted or updated) is about none.
 */
const made =
  /^(?:video\.(?:asset|upload|asset\.track|asset\.static_rendition)|robots\.(?:job\.[a-z_]{1,64}|directive_run))\.([a-z_]{1,64})$/;

/** What the last word of a type says. */
const statuses = new Map<string, JobStatus>([
  ["pending", "queued"],
  ["created", "processing"],
  ["processing", "processing"],
  ["ready", "completed"],
  ["completed", "completed"],
  ["asset_created", "completed"],
  ["errored", "failed"],
  ["cancelled", "cancelled"],
]);

/** The status that an event's type stands for, or undefined where it is about no job. */
export function muxJobStatus(type: string): JobStatus | undefined {
  // A new upload waits for the file.
  if (type === "video.upload.created") return "queued";
  return statuses.get(made.exec(type)?.[1] ?? "");
}
