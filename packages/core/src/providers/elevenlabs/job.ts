import { type Job, type JobStatus, toJob } from "../../event.ts";
import { type JsonObject, stringMember } from "../../reading/json.ts";

/** The states of a conversation, in the API's words. */
const conversationStatuses = new Map<string, JobStatus>([
  ["initiated", "queued"],
  ["in-progress", "processing"],
  ["processing", "processing"],
  ["done", "completed"],
  ["failed", "failed"],
]);

/** The conversation or the transcription that an event is about. The audio comes beside a conversation's end. */
export function elevenlabsJob(type: string, data: JsonObject): Job | null {
  switch (type) {
    case "post_call_transcription":
      return toJob(data.conversation_id, conversationStatuses.get(stringMember(data.status)) ?? "completed");
    case "call_initiation_failure":
      return toJob(data.conversation_id, "failed");
    case "speech_to_text_transcription":
      return toJob(data.request_id, "completed");
    default:
      return null;
  }
}
