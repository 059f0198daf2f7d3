import * as z from "zod/mini";
import type { SenderEvent } from "../../define-sender.ts";

/** `event.data` of a transcript's end. The text is not in it: fetch the transcript by its id. */
export const assemblyaiTranscript = z.looseObject({
  transcript_id: z.string(),
  status: z.enum(["completed", "error"]),
});
/** `event.data` when the redacted audio is ready. It does not name its transcript. */
export const assemblyaiRedactedAudio = z.looseObject({
  redacted_audio_url: z.string(),
  status: z.literal("redacted_audio_ready"),
});
/** `event.data` of a streaming session's end, with its final turns. */
export const assemblyaiSession = z.looseObject({
  session_id: z.string(),
  messages: z.custom<unknown[]>(Array.isArray),
});

export type AssemblyaiTranscript = z.infer<typeof assemblyaiTranscript>;
export type AssemblyaiRedactedAudio = z.infer<typeof assemblyaiRedactedAudio>;
export type AssemblyaiSession = z.infer<typeof assemblyaiSession>;

/** Bodies have no type of their own: these are made of what each is about and its status. */
export const assemblyaiEvents = {
  "transcript.completed": assemblyaiTranscript,
  "transcript.error": assemblyaiTranscript,
  "redacted_audio.ready": assemblyaiRedactedAudio,
  "session.completed": assemblyaiSession,
};
export type AssemblyaiEvent = SenderEvent<typeof assemblyaiEvents>;
