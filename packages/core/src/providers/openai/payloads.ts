import * as z from "zod/mini";
import { eventTypes, type SenderEvent } from "../../define-sender.ts";
import { shortList } from "../../reading/short-list.ts";

/** `event.data` of all events but calls: what it is about. Fetch the object by its id. */
export const openaiObject = z.looseObject({ id: z.string() });
/** `event.data` of `realtime.call.incoming`. */
export const openaiCall = z.looseObject({
  call_id: z.string(),
  sip_headers: shortList(z.looseObject({ name: z.string(), value: z.string() })),
});

/** Each type that OpenAI sends, with the schema of its data. Source: its API reference, and the types of `openai` 6.49. */
export const openaiEvents = {
  ...eventTypes("response", ["completed", "failed", "cancelled", "incomplete"], openaiObject),
  ...eventTypes("batch", ["completed", "failed", "cancelled", "expired"], openaiObject),
  ...eventTypes("fine_tuning.job", ["succeeded", "failed", "cancelled"], openaiObject),
  ...eventTypes("eval.run", ["succeeded", "failed", "canceled"], openaiObject),
  ...eventTypes("video", ["completed", "failed"], openaiObject),
  ...eventTypes("realtime.call", ["incoming"], openaiCall),
};
export type OpenaiEvent = SenderEvent<typeof openaiEvents>;
