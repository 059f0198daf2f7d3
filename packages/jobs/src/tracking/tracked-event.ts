import type { WebhookEvent } from "@latchhook/core";

/** What tracking reads of an event. */
export interface TrackedEvent extends Pick<WebhookEvent, "job" | "data"> {
  /** Without it the job's kind is not known, and the sender is asked for it. */
  readonly type?: string | undefined;
}
