import * as z from "zod/mini";
import type { KnownEvent, UnknownEvent } from "../../event.ts";
import { isJsonObject, type JsonObject } from "../../reading/json.ts";

/** What every event of Zoom has: `event.data`, the whole signed body. Source: Zoom's page "Using webhooks". */
export const zoomEvent = z.looseObject({
  event: z.string().check(z.minLength(1)),
  event_ts: z.nullish(z.number()),
  payload: z.custom<JsonObject>(isJsonObject),
});

/** An event without its types. */
export type ZoomEventBody = z.infer<typeof zoomEvent>;

/** Zoom's events. Without a parameter `event.data.payload` is any JSON object; with a union each event has its own. */
export type ZoomEvent<Event extends { readonly event: string } = ZoomEventBody> =
  | (Event extends unknown ? KnownEvent<Event["event"], Event> : never)
  | UnknownEvent;
