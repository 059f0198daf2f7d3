import * as z from "zod/mini";
import { eventTypes, type SenderEvent } from "../../define-sender.ts";

const text = z.nullish(z.string());

/** `event.data`, the whole body: a `Generation` of Luma's SDK. */
export const lumaGeneration = z.looseObject({
  id: z.string(),
  state: z.enum(["queued", "dreaming", "completed", "failed"]),
  generation_type: text,
  failure_reason: text,
  created_at: text,
  model: text,
  assets: z.nullish(z.looseObject({ video: text, image: text, progress_video: text })),
});
export type LumaGeneration = z.infer<typeof lumaGeneration>;

/** Bodies have no type of their own: these are made of the generation's state. */
export const lumaEvents = eventTypes(
  "generation",
  ["queued", "dreaming", "completed", "failed"],
  lumaGeneration,
);
export type LumaEvent = SenderEvent<typeof lumaEvents>;
