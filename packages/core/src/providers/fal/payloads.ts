import * as z from "zod/mini";
import type { SenderEvent } from "../../define-sender.ts";

const text = z.nullish(z.string());

/** `event.data`, the whole signed body. `payload` is what the model gave; its file URLs may be public: do not log them. */
export const falResult = z.looseObject({
  request_id: z.string(),
  gateway_request_id: text,
  payload: z.optional(z.unknown()),
  error: text,
  payload_error: text,
});

/** Each status, which is the event's type, with the schema of its data. */
export const falEvents = { OK: falResult, ERROR: falResult };
export type FalEvent = SenderEvent<typeof falEvents>;
