import * as z from "zod/mini";
import type { SenderEvent } from "../../define-sender.ts";

const text = z.nullish(z.string());

/** `event.data`: the video. `download`, captions and thumbnails are signed URLs: do not log them. Source: "Webhook events". */
export const synthesiaVideo = z.looseObject({
  id: z.string(),
  status: text,
  title: text,
  callbackId: text,
  download: text,
});

/** Each type that Synthesia sends, with the schema of its data. */
export const synthesiaEvents = { "video.completed": synthesiaVideo, "video.failed": synthesiaVideo };
export type SynthesiaEvent = SenderEvent<typeof synthesiaEvents>;
