import * as z from "zod/mini";
import type { SenderEvent } from "../../define-sender.ts";

const text = z.nullish(z.string());

/** `event.data` of a generation's end: `data.object` of the body. */
export const leonardoGeneration = z.looseObject({
  id: z.string(),
  status: z.string(),
  prompt: text,
  modelId: text,
  createdAt: text,
  images: z.optional(z.unknown()),
});
export type LeonardoGeneration = z.infer<typeof leonardoGeneration>;

/** The one type that Leonardo's documentation shows. Others arrive as unknown events. */
export const leonardoEvents = { "image_generation.complete": leonardoGeneration };
export type LeonardoEvent = SenderEvent<typeof leonardoEvents>;
