import * as z from "zod/mini";
import type { SenderEvent } from "../../define-sender.ts";

const text = z.nullish(z.string());

/** `event.data`, the whole signed body: the video. Source: Cloudflare's page "Use webhooks". */
export const cloudflareStreamVideo = z.looseObject({
  uid: z.string(),
  readyToStream: z.nullish(z.boolean()),
  status: z.looseObject({ state: z.string(), errorReasonCode: text, errorReasonText: text }),
});

/** Each state in which Stream sends a video, with the schema of its data. */
export const cloudflareStreamEvents = { ready: cloudflareStreamVideo, error: cloudflareStreamVideo };
export type CloudflareStreamEvent = SenderEvent<typeof cloudflareStreamEvents>;
