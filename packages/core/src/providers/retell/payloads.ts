import * as z from "zod/mini";
import type { SenderEvent } from "../../define-sender.ts";

const text = z.nullish(z.string());

/** `event.data` of events about a call, the whole signed body. It holds what was said: do not log it. */
export const retellCallEvent = z.looseObject({
  event: z.string(),
  call: z.looseObject({ call_id: z.string(), call_status: text, agent_id: text, disconnection_reason: text }),
});
/** `event.data` of events about a chat, the whole signed body. */
export const retellChatEvent = z.looseObject({
  event: z.string(),
  chat: z.looseObject({ chat_id: z.string(), chat_status: text, agent_id: text }),
});

/** Each type that Retell sends, with the schema of its data. Sources: `webhook_events` of `retell-sdk`; "Webhook Overview". */
export const retellEvents = {
  call_started: retellCallEvent,
  call_ended: retellCallEvent,
  call_analyzed: retellCallEvent,
  transcript_updated: retellCallEvent,
  transfer_started: retellCallEvent,
  transfer_bridged: retellCallEvent,
  transfer_cancelled: retellCallEvent,
  transfer_ended: retellCallEvent,
  chat_started: retellChatEvent,
  chat_ended: retellChatEvent,
  chat_analyzed: retellChatEvent,
};
export type RetellEvent = SenderEvent<typeof retellEvents>;
