import type { Delivery, WebhookEvent } from "@latchhook/core";
import { type JobTracker, trackJobs } from "@latchhook/jobs";
import { type JobSender, jobSenders } from "./job-senders.ts";
import type { JobSettings } from "./job-settings.ts";
import type { OpenJobStore } from "./open-job-store.ts";
import { type ReceiverParts, receiverOptions } from "./receiver-options.ts";

/** A sender, and what is known of its jobs. */
export interface TrackedSender extends JobSender {
  readonly tracker: JobTracker;
  /** The app's `persist`, which also feeds the table. */
  readonly persist: (event: WebhookEvent, delivery: Delivery<unknown>) => unknown;
}

/** Every sender's jobs. */
export interface Jobs {
  /** By the name of the provider. */
  readonly senders: ReadonlyMap<string, TrackedSender>;
  /** Ends the reconcilers once what they have begun is over. */
  stop(): Promise<void>;
  /** Stops, and releases the table. */
  close(): Promise<void>;
}

/**
 * Tracks the jobs of all senders, and reconciles them from now on.
 *
 * @param parts of the receivers: what was missed is delivered through their options.
 */
export function openJobs(settings: JobSettings, { store, close }: OpenJobStore, parts: ReceiverParts): Jobs {
  const { overdueAfterMs, reconcileEveryMs: everyMs } = settings;
  const senders = jobSenders(settings).map((sender): TrackedSender => {
    const tracker = trackJobs({ source: sender.source, store, overdueAfterMs });
    const { persist } = tracker.attach(receiverOptions(parts, sender.provider));
    tracker.start({ everyMs });
    return { ...sender, tracker, persist };
  });

  async function stop(): Promise<void> {
    await Promise.all(senders.map(({ tracker }) => tracker.stop()));
  }

  return {
    senders: new Map(senders.map((sender) => [sender.provider.name, sender])),
    stop,
    async close() {
      await stop();
      await close();
    },
  };
}
