import * as z from "zod/mini";
import { eventTypes, type SenderEvent } from "../../define-sender.ts";

const text = z.nullish(z.string());

/** `event.data`: the operation, and where its output is. */
export const geminiOperation = z.looseObject({
  id: z.string(),
  output_file_uri: text,
  file_name: text,
  error_code: z.nullish(z.union([z.string(), z.number()])),
  error_message: text,
});
export type GeminiOperation = z.infer<typeof geminiOperation>;

/** Each type that Gemini sends, with the schema of its data. Source: the event catalogue of its page "Webhooks". */
export const geminiEvents = {
  ...eventTypes("batch", ["succeeded", "failed", "cancelled", "expired"], geminiOperation),
  ...eventTypes("interaction", ["completed", "failed", "cancelled", "requires_action"], geminiOperation),
  ...eventTypes("video", ["generated"], geminiOperation),
};
export type GeminiEvent = SenderEvent<typeof geminiEvents>;
