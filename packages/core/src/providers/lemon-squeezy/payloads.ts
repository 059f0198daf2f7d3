import * as z from "zod/mini";
import type { SenderEvent } from "../../define-sender.ts";

/** `event.data`, the whole signed body: the resource is a JSON:API object, in `data`. */
export const lemonSqueezyPayload = z.looseObject({
  meta: z.looseObject({
    event_name: z.string(),
    custom_data: z.optional(z.unknown()),
    test_mode: z.nullish(z.boolean()),
  }),
  data: z.looseObject({ type: z.string(), id: z.string(), attributes: z.looseObject({}) }),
});
export type LemonSqueezyPayload = z.infer<typeof lemonSqueezyPayload>;

/** Event names of Lemon Squeezy's documentation. */
export const lemonSqueezyNames = [
  "order_created",
  "order_refunded",
  "subscription_created",
  "subscription_updated",
  "subscription_cancelled",
  "subscription_resumed",
  "subscription_expired",
  "subscription_paused",
  "subscription_unpaused",
  "subscription_payment_failed",
  "subscription_payment_success",
  "subscription_payment_recovered",
  "subscription_payment_refunded",
  "license_key_created",
  "license_key_updated",
  "affiliate_activated",
] as const;

type Name = (typeof lemonSqueezyNames)[number];

export const lemonSqueezyEvents = Object.fromEntries(
  lemonSqueezyNames.map((name) => [name, lemonSqueezyPayload]),
) as Readonly<Record<Name, typeof lemonSqueezyPayload>>;
export type LemonSqueezyEvent = SenderEvent<typeof lemonSqueezyEvents>;
