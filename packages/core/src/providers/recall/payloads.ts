import * as z from "zod/mini";
import { eventTypes, type SenderEvent } from "../../define-sender.ts";

const text = z.nullish(z.string());
const reference = z.nullish(z.looseObject({ id: z.string(), metadata: z.optional(z.unknown()) }));

/** `event.data` of a change of status: of what, in the member that is named like the type's first word, and to what. */
export const recallStatus = z.looseObject({
  data: z.looseObject({ code: z.string(), sub_code: text, updated_at: text }),
  bot: reference,
  recording: reference,
});
export type RecallStatus = z.infer<typeof recallStatus>;
/** `event.data` of what happens in a call, as it happens. */
export const recallRealtime = z.looseObject({
  data: z.looseObject({}),
  bot: reference,
  recording: reference,
});
export type RecallRealtime = z.infer<typeof recallRealtime>;

const mediaChanges = ["processing", "done", "failed", "deleted"] as const;
const media = (kind: "audio" | "video") => ({
  ...eventTypes(`${kind}_mixed`, mediaChanges, recallStatus),
  ...eventTypes(`${kind}_separate`, mediaChanges, recallStatus),
});
const seen = ["join", "leave", "update", "speech_on", "speech_off", "webcam_on", "webcam_off"] as const;

/**
 * Each type that Recall sends, with the schema of its data, but for the calendar's. Source: its pages "Bot Webhooks",
 * "Recording Webhooks" and "Real-Time Webhook Endpoints".
 */
export const recallEvents = {
  ...eventTypes("bot", ["joining_call", "in_waiting_room", "in_call_not_recording"], recallStatus),
  ...eventTypes("bot", ["recording_permission_allowed", "recording_permission_denied"], recallStatus),
  ...eventTypes("bot", ["in_call_recording", "call_ended", "done", "fatal"], recallStatus),
  ...eventTypes("recording", mediaChanges, recallStatus),
  ...eventTypes("transcript", mediaChanges, recallStatus),
  ...eventTypes("participant_events", mediaChanges, recallStatus),
  ...eventTypes("meeting_metadata", mediaChanges, recallStatus),
  ...media("audio"),
  ...media("video"),
  ...eventTypes("participant_events", seen, recallRealtime),
  ...eventTypes("participant_events", ["screenshare_on", "screenshare_off", "chat_message"], recallRealtime),
  ...eventTypes("transcript", ["data", "partial_data"], recallRealtime),
};
export type RecallEvent = SenderEvent<typeof recallEvents>;
