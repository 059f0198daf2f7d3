import { type Call, errorReply, type Reply } from "../http/router.ts";
import type { SandboxJob } from "../job.ts";
import { downloadLink } from "./download-link.ts";

/** What `GET /v1/videos/{id}/content` answers. */
export function content(job: SandboxJob): Reply {
  if (job.status === "completed") {
    return { status: 200, bytes: Buffer.from(`sandbox video ${job.id}\n`), contentType: "video/mp4" };
  }
  const reasons: Readonly<Record<string, string>> = {
    cancelled: "video_cancelled",
    expired: "video_expired",
  };
  if (job.status === "failed") return errorReply(502, "upstream_error", "video_generation_failed");
  return errorReply(409, "not_ready", reasons[job.status] ?? "video_not_ready");
}

/** What `POST /v1/videos/{id}/download_url` answers. */
export function downloadUrl(job: SandboxJob, { body, origin }: Call): Reply {
  if (job.status !== "completed") return content(job);
  const wanted = typeof body.ttl_seconds === "number" ? body.ttl_seconds : 900;
  const expiresAt = Math.floor(Date.now() / 1000) + Math.min(Math.max(Math.trunc(wanted), 60), 3_600);
  return {
    status: 200,
    json: { download_url: downloadLink(origin, job.id, expiresAt), expires_at: expiresAt },
  };
}
