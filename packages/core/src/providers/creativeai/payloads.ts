import * as z from "zod/mini";
import { eventTypes, type SenderEvent } from "../../define-sender.ts";

const text = z.nullish(z.string());

/** `event.data`: a generation, the whole signed body. */
export const creativeaiGeneration = z.looseObject({
  id: z.string(),
  object: z.literal("video.generation"),
  status: z.enum(["completed", "failed"]),
  model: text,
  model_actual: text,
  prompt: text,
  output_url: text,
  error_message: text,
  credits: z.nullish(z.number()),
  failover_used: z.nullish(z.boolean()),
  completed_at: text,
});
export type CreativeaiGeneration = z.infer<typeof creativeaiGeneration>;

/** Each type that CreativeAI sends, with the schema of its data. */
export const creativeaiEvents = eventTypes("video.generation", ["completed", "failed"], creativeaiGeneration);

/** `type` is the signed `object` and `status`: the event header says `completed` for failures too. */
export type CreativeaiEvent = SenderEvent<typeof creativeaiEvents>;
