import * as z from "zod/mini";
import { eventTypes, type SenderEvent } from "../../define-sender.ts";

const text = z.nullish(z.string());

const common = { url: text, msg: text, message: text, callback_id: text };

/** `event.data` of what makes a video: `event_data`. URLs in it are signed: do not log them. */
export const heygenVideo = z.looseObject({ ...common, video_id: z.string() });
/** `event.data` of `video_translate.*`. */
export const heygenTranslation = z.looseObject({
  ...common,
  video_translate_id: z.string(),
  output_language: text,
});
/** `event.data` of all else: its members differ from type to type. */
export const heygenData = z.looseObject(common);

export type HeygenVideo = z.infer<typeof heygenVideo>;
export type HeygenTranslation = z.infer<typeof heygenTranslation>;
export type HeygenData = z.infer<typeof heygenData>;

const ended = ["success", "fail"] as const;

/** Each type that HeyGen's documentation lists, with the schema of its data. */
export const heygenEvents = {
  ...eventTypes("avatar_video", ended, heygenVideo),
  ...eventTypes("avatar_video_gif", ended, heygenVideo),
  ...eventTypes("video_agent", ended, heygenVideo),
  ...eventTypes("video_translate", ended, heygenTranslation),
  ...eventTypes("instant_avatar", ended, heygenData),
  ...eventTypes("photo_avatar_generation", ended, heygenData),
  ...eventTypes("photo_avatar_train", ended, heygenData),
  ...eventTypes("photo_avatar_add_motion", ended, heygenData),
  ...eventTypes("proofread_creation", ended, heygenData),
  ...eventTypes("live_avatar", ended, heygenData),
  personalized_video: heygenData,
};
export type HeygenEvent = SenderEvent<typeof heygenEvents>;
