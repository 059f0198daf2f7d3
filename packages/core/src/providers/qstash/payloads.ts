import * as z from "zod/mini";
import type { SenderEvent } from "../../define-sender.ts";

const count = z.nullish(z.number());
const text = z.nullish(z.string());

/** `event.data` of `callback`: what the destination of a message answered. `body` is in base64. */
export const qstashCallback = z.looseObject({
  sourceMessageId: z.string(),
  status: z.number(),
  url: text,
  body: text,
  retried: count,
  maxRetries: count,
});

/** `event.data` of `failure-callback`: the last answer, and where the message is kept. */
export const qstashFailureCallback = z.extend(qstashCallback, { dlqId: z.string() });

/** Each type with the schema of its data. A message's data is what was published: JSON, else text, else bytes. */
export const qstashEvents = {
  message: z.unknown(),
  callback: qstashCallback,
  "failure-callback": qstashFailureCallback,
};
export type QstashEvent = SenderEvent<typeof qstashEvents>;
