import * as z from "zod/mini";
import type { SenderEvent } from "../../define-sender.ts";

const text = z.nullish(z.string());

/** `event.data`, the whole body. `message.data` is in base64. */
export const pubsubPush = z.looseObject({
  subscription: z.string(),
  message: z.looseObject({
    messageId: z.string(),
    data: text,
    attributes: z.nullish(z.record(z.string(), z.string())),
    publishTime: text,
    orderingKey: text,
  }),
  deliveryAttempt: z.nullish(z.number()),
});

/** The one type, with the schema of its data. */
export const pubsubEvents = { message: pubsubPush };
export type PubsubEvent = SenderEvent<typeof pubsubEvents>;
