import * as z from "zod/mini";
import type { SenderEvent } from "../../define-sender.ts";

const entry = z.looseObject({ id: z.string(), time: z.nullish(z.number()) });
// Meta puts at most 1,000 updates together; a longer list is not looked through, and its event is an unknown one.
const anyEntries = z.custom<unknown[]>((value) => Array.isArray(value) && value.length <= 1_000);

/**
 * `event.data`, the whole signed body: what changed, as `changes` or as `messaging` of each entry. It holds what people
 * wrote: do not log it.
 */
export const metaNotification = z.looseObject({
  object: z.string(),
  entry: z.pipe(anyEntries, z.array(entry)),
});
export type MetaNotification = z.infer<typeof metaNotification>;

/** What an app subscribes to, in `object`. */
export const metaObjects = [
  "whatsapp_business_account",
  "page",
  "instagram",
  "user",
  "permissions",
  "application",
  "ad_account",
  "certificate_transparency",
] as const;

export const metaEvents = Object.fromEntries(
  metaObjects.map((object) => [object, metaNotification]),
) as Readonly<Record<(typeof metaObjects)[number], typeof metaNotification>>;
export type MetaEvent = SenderEvent<typeof metaEvents>;
