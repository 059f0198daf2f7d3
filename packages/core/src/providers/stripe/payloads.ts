import * as z from "zod/mini";
import type { KnownEvent, UnknownEvent } from "../../event.ts";
import { isJsonObject, type JsonObject } from "../../reading/json.ts";

/** What every snapshot event of Stripe has: `event.data`, the whole signed body. Source: the package `stripe`. */
export const stripeEvent = z.looseObject({
  id: z.string(),
  object: z.literal("event"),
  type: z.string().check(z.minLength(1)),
  data: z.looseObject({ object: z.custom<JsonObject>(isJsonObject) }),
});

/** A snapshot event without its types. */
export type StripeEventBody = z.infer<typeof stripeEvent>;

/**
 * Stripe's events. Without a parameter `event.data.data.object` is any JSON object; with the types that Stripe's SDK has,
 * `StripeEvent<Stripe.Event>`, each event has its own.
 */
export type StripeEvent<Event extends { readonly type: string } = StripeEventBody> =
  | (Event extends unknown ? KnownEvent<Event["type"], Event> : never)
  | UnknownEvent;
