import * as z from "zod/mini";
import type { SenderEvent } from "../../define-sender.ts";

const text = z.nullish(z.string());
const image = z.looseObject({
  url: text,
  prompt: text,
  resolution: text,
  is_image_safe: z.nullish(z.boolean()),
});
// A longer list than any request gives is not looked through: its event is an unknown one.
const anyImages = z.custom<unknown[]>((value) => Array.isArray(value) && value.length <= 1_000);

/** `event.data`, the whole signed body. Image URLs in it are signed and end: do not log them. */
export const ideogramGeneration = z.looseObject({
  generation_id: z.string(),
  created: text,
  data: z.pipe(anyImages, z.array(image)),
});

/** The one type, with the schema of its data. */
export const ideogramEvents = { generation: ideogramGeneration };
export type IdeogramEvent = SenderEvent<typeof ideogramEvents>;
