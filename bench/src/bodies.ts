/** A JSON body of exactly `bytes` bytes that looks like a delivery. ASCII, as most are. */
export function bodyOf(bytes: number, jobId = "video_1"): Buffer {
  const payload = {
    id: `evt_video_${jobId}_video_completed`,
    type: "video.completed",
    created_at: 1_781_166_600,
    delivery: { key: "video.completed", attempt: 1, max_attempts: 4 },
    data: {
      id: jobId,
      status: "completed",
      content_url: "https://api.example.com/v1/videos/video_1/content",
    },
  };
  const filler = { ...payload, filler: "" };
  const room = bytes - Buffer.byteLength(JSON.stringify(filler));
  if (room < 0) return Buffer.from(JSON.stringify({ id: "e", type: "video.completed" }).padEnd(bytes));
  return Buffer.from(JSON.stringify({ ...filler, filler: "x".repeat(room) }));
}

/** `1 KB` */
export function sizeText(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : bytes < 1_048_576 ? `${bytes / 1024} KB` : `${bytes / 1_048_576} MB`;
}
