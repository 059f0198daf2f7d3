import * as z from "zod/mini";
import type { SenderEvent } from "../../define-sender.ts";

const metadata = z.looseObject({ request_id: z.string(), created: z.nullish(z.string()) });

/** `event.data` of a transcript, the whole body: the words are in `results.channels`. */
export const deepgramTranscript = z.looseObject({
  metadata,
  results: z.looseObject({ channels: z.custom<unknown[]>(Array.isArray) }),
});
/** `event.data` of Text Intelligence, the whole body. */
export const deepgramAnalysis = z.looseObject({ metadata, results: z.looseObject({}) });

export type DeepgramTranscript = z.infer<typeof deepgramTranscript>;
export type DeepgramAnalysis = z.infer<typeof deepgramAnalysis>;

/** Bodies have no type of their own: these are named after the endpoints, `/v1/listen` and `/v1/read`. */
export const deepgramEvents = {
  "listen.completed": deepgramTranscript,
  "read.completed": deepgramAnalysis,
};
export type DeepgramEvent = SenderEvent<typeof deepgramEvents>;
