import * as z from "zod/mini";
import type { KnownEvent, UnknownEvent } from "../../event.ts";
import { isJsonObject, type JsonObject } from "../../reading/json.ts";

/** What every event of Paddle Billing has: `event.data`, the whole signed body. Source: `@paddle/paddle-node-sdk`. */
export const paddleEvent = z.looseObject({
  event_id: z.string(),
  event_type: z.string().check(z.minLength(1)),
  occurred_at: z.nullish(z.string()),
  notification_id: z.nullish(z.string()),
  data: z.custom<JsonObject>(isJsonObject),
});

/** An event without its types. */
export type PaddleEventBody = z.infer<typeof paddleEvent>;

/** Paddle's events. Without a parameter `event.data.data` is any JSON object; with a union each event has its own. */
export type PaddleEvent<Event extends { readonly event_type: string } = PaddleEventBody> =
  | (Event extends unknown ? KnownEvent<Event["event_type"], Event> : never)
  | UnknownEvent;
