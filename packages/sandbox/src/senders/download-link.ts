import { createHmac, randomBytes } from "node:crypto";

const key = randomBytes(32);

function sign(jobId: string, expiresAt: string): string {
  return createHmac("sha256", key).update(`${expiresAt}.${jobId}`).digest("hex");
}

/** A URL that opens a job's content without an API key until `expiresAt`, in Unix seconds. */
export function downloadLink(origin: string, jobId: string, expiresAt: number): string {
  const query = new URLSearchParams({
    download_sig: sign(jobId, String(expiresAt)),
    expires_at: String(expiresAt),
  });
  return `${origin}/v1/videos/${encodeURIComponent(jobId)}/content?${query}`;
}

/** Whether a query is that of such a URL, for this job and still in time. */
export function isDownloadLink(query: URLSearchParams, jobId: string): boolean {
  const expiresAt = query.get("expires_at") ?? "";
  return query.get("download_sig") === sign(jobId, expiresAt) && Date.now() / 1000 <= Number(expiresAt);
}
