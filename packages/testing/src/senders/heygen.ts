import { createHmac, randomUUID } from "node:crypto";
import { heygen } from "@latchhook/core/providers/heygen";
import { type SignedWebhook, toBytes, unixSeconds, type WebhookBody } from "../signed-webhook.ts";
import type { Sender } from "./sender.ts";

export interface SignHeygenOptions {
  /** The endpoint's secret. */
  readonly secret: string;
  /** What is sent. Default: a video that is ready. */
  readonly body?: WebhookBody | undefined;
  /** The event's type, for the default body. Default: `avatar_video.success`. */
  readonly type?: string | undefined;
  /** The video's id, for the default body. */
  readonly videoId?: string | undefined;
  /** `v1` for the older header. Default: `v3`. */
  readonly version?: "v1" | "v3" | undefined;
}

function video(options: Omit<SignHeygenOptions, "secret">, data: object = {}) {
  const { type = "avatar_video.success", videoId = "video_01" } = options;
  const id = type.startsWith("video_translate.") ? "video_translate_id" : "video_id";
  return {
    event_type: type,
    event_data: { [id]: videoId, url: `https://files.example.com/${videoId}.mp4`, ...data },
  };
}

/**
 * A delivery of HeyGen: the hex HMAC-SHA256 of the body under the whole secret. Timestamp and event id are headers that
 * are not signed.
 *
 * @example
 * const signed = signHeygen({ secret, type: "avatar_video.fail", videoId: "video_02" });
 */
export function signHeygen(options: SignHeygenOptions): SignedWebhook {
  const { secret, version = "v3" } = options;
  const body = toBytes(options.body ?? video(options));
  const signature = createHmac("sha256", secret.trim()).update(body).digest("hex");
  const headers = { "content-type": "application/json", "user-agent": "HeyGen-Webhook" };
  if (version === "v1") return { method: "POST", headers: { ...headers, signature }, body };
  const unsigned = { "heygen-event-id": randomUUID(), "heygen-timestamp": String(unixSeconds()) };
  return { method: "POST", headers: { ...headers, ...unsigned, "heygen-signature": signature }, body };
}

/** The row of the table of senders. */
export function heygenSender(): Sender {
  const secrets = ["whsec_first-of-two-for-heygen", "whsec_second-of-two-for-heygen"] as const;
  return {
    name: "heygen",
    title: "HeyGen",
    factory: "heygen",
    provider: "heygen",
    environmentVariable: "HEYGEN_WEBHOOK_SECRET",
    signedContent: "the body; neither the timestamp nor the event’s id",
    makeProvider: heygen,
    secrets,
    signatureHeader: "heygen-signature",
    payload: (videoId) => video({ videoId }),
    sign: ({ secret = secrets[0], body, type, jobId: videoId, data } = {}) =>
      signHeygen({ secret, body: body ?? video({ type, videoId }, data) }),
  };
}
