import * as z from "zod/mini";
import { eventTypes, type SenderEvent } from "../../define-sender.ts";

/** `event.data`, the whole signed body: pages that were scraped, or what an agent did, are in its `data`. */
export const firecrawlPayload = z.looseObject({
  id: z.string(),
  webhookId: z.nullish(z.string()),
  success: z.boolean(),
  data: z.optional(z.unknown()),
  metadata: z.nullish(z.looseObject({})),
  error: z.nullish(z.string()),
});
export type FirecrawlPayload = z.infer<typeof firecrawlPayload>;

/** Each type that Firecrawl's documentation lists. */
export const firecrawlEvents = {
  ...eventTypes("crawl", ["started", "page", "completed", "failed"], firecrawlPayload),
  ...eventTypes("batch_scrape", ["started", "page", "completed", "failed"], firecrawlPayload),
  ...eventTypes("extract", ["started", "completed", "failed"], firecrawlPayload),
  ...eventTypes("agent", ["started", "action", "completed", "failed", "cancelled"], firecrawlPayload),
  ...eventTypes("monitor", ["page", "check.completed"], firecrawlPayload),
};
export type FirecrawlEvent = SenderEvent<typeof firecrawlEvents>;
