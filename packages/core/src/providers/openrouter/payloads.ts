import * as z from "zod/mini";
import { eventTypes, type SenderEvent } from "../../define-sender.ts";
import { shortList } from "../../reading/short-list.ts";

const text = z.nullish(z.string());

/** `event.data`: a video job that has ended. Its `unsigned_urls` need the API key. */
export const openrouterVideo = z.looseObject({
  id: z.string(),
  status: z.string(),
  generation_id: text,
  model: text,
  unsigned_urls: z.nullish(shortList(z.string())),
  usage: z.nullish(z.looseObject({ cost: z.nullish(z.number()), is_byok: z.nullish(z.boolean()) })),
  error: text,
});
export type OpenrouterVideo = z.infer<typeof openrouterVideo>;

const ends = ["completed", "failed", "cancelled", "expired"] as const;
/** Each type that OpenRouter sends, with the schema of its data. Source: its page "Video Generation". */
export const openrouterEvents = eventTypes("video.generation", ends, openrouterVideo);
export type OpenrouterEvent = SenderEvent<typeof openrouterEvents>;
