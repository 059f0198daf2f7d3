import * as z from "zod/mini";
import type { KnownEvent, UnknownEvent } from "../../event.ts";

/** What every event of Mux has: `event.data`, the whole signed body. Source: `BaseWebhookEvent` of `@mux/mux-node`. */
export const muxEvent = z.looseObject({
  id: z.string(),
  type: z.string().check(z.minLength(1)),
  data: z.looseObject({}),
});

/** An event without its types. */
export type MuxEventBody = z.infer<typeof muxEvent>;

/**
 * Mux's events. Without a parameter `event.data.data` is any JSON object; with the types that Mux's SDK has,
 * `MuxEvent<Mux.Webhooks.UnwrapWebhookEvent>`, each event has its own.
 */
export type MuxEvent<Event extends { readonly type: string } = MuxEventBody> =
  | (Event extends unknown ? KnownEvent<Event["type"], Event> : never)
  | UnknownEvent;
