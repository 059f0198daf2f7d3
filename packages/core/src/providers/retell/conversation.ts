import { type Job, type JobStatus, toJob } from "../../event.ts";
import { type JsonObject, objectMember, stringMember } from "../../reading/json.ts";

/** The states of a call and of a chat, in the API's words. */
const statuses = new Map<string, JobStatus>([
  ["registered", "queued"],
  ["ongoing", "processing"],
  ["ended", "completed"],
  ["error", "failed"],
  ["not_connected", "failed"],
]);

/** What a call or a chat has once each, and what its name says where the state is missing. */
const milestones = new Map<string, JobStatus>([
  ["call_started", "processing"],
  ["call_ended", "completed"],
  ["call_analyzed", "completed"],
  ["chat_started", "processing"],
  ["chat_ended", "completed"],
  ["chat_analyzed", "completed"],
]);

/** The call or the chat that an event is about. */
export interface RetellConversation {
  readonly job: Job | null;
  /** Its id where the event comes once in it. */
  readonly once: string | undefined;
  /** When it began or ended, of the events that say so, in milliseconds. */
  readonly instant: unknown;
}

/** Reads the call or the chat of an event. */
export function retellConversation(type: string, value: JsonObject): RetellConversation {
  const about = objectMember(value.call ?? value.chat);
  const id = stringMember(about.call_id ?? about.chat_id);
  const named = milestones.get(type);
  const status = statuses.get(stringMember(about.call_status ?? about.chat_status)) ?? named;
  const isStart = type === "call_started" || type === "chat_started";
  const isEnd = type === "call_ended" || type === "chat_ended";
  return {
    job: toJob(id, status),
    once: named === undefined || id === "" ? undefined : id,
    instant: isStart ? about.start_timestamp : isEnd ? about.end_timestamp : undefined,
  };
}
