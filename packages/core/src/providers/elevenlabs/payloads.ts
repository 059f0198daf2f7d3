import * as z from "zod/mini";
import type { SenderEvent } from "../../define-sender.ts";
import { isJsonObject, type JsonObject } from "../../reading/json.ts";

const text = z.nullish(z.string());

/** `event.data` of `post_call_transcription`: the conversation, as the API's "Get conversation" gives it. */
export const elevenlabsConversation = z.looseObject({
  conversation_id: z.string(),
  agent_id: text,
  status: text,
});
/** `event.data` of `post_call_audio`; the audio is an MP3 in base64. */
export const elevenlabsAudio = z.looseObject({
  conversation_id: z.string(),
  agent_id: text,
  full_audio: z.string(),
});
/** `event.data` of `call_initiation_failure`. */
export const elevenlabsCallFailure = z.looseObject({
  conversation_id: z.string(),
  agent_id: text,
  failure_reason: text,
});
/** `event.data` of `speech_to_text_transcription`: the answer to a transcription that was asked for with `webhook`. */
export const elevenlabsTranscription = z.looseObject({
  request_id: z.string(),
  transcription: z.custom<JsonObject>(isJsonObject),
});
/** `event.data` of the three about shared voices. */
export const elevenlabsVoice = z.looseObject({ voice_id: text });

/**
 * Each type with the schema of its data. Sources: the pages "Webhooks" and "Post-call webhooks"; of
 * `speech_to_text_transcription` and `voice_id` what receivers published.
 */
export const elevenlabsEvents = {
  post_call_transcription: elevenlabsConversation,
  post_call_audio: elevenlabsAudio,
  call_initiation_failure: elevenlabsCallFailure,
  speech_to_text_transcription: elevenlabsTranscription,
  voice_removal_notice: elevenlabsVoice,
  voice_removal_notice_withdrawn: elevenlabsVoice,
  voice_removed: elevenlabsVoice,
};
export type ElevenlabsEvent = SenderEvent<typeof elevenlabsEvents>;
