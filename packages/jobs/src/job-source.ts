import type { Job } from "@latchhook/core";
import type { JsonObject } from "@latchhook/core/kit";
import type { CallOptions } from "./http/http-client.ts";
import type { JobPlace } from "./job-place.ts";
import type { JobResult } from "./result.ts";
import type { TrackedEvent } from "./tracking/tracked-event.ts";

/** A job as its sender's API describes it now. */
export interface JobState extends Job {
  /** What kind of job it is, in the sender's word: `video`, `batch`, `tool_execution`. */
  readonly kind: string;
  /** The project that it belongs to, where the sender has such: VideoGen, for an export. */
  readonly projectId: string | null;
  /** From 0 to 100, or null where the sender does not say. */
  readonly progress: number | null;
  /** After how many milliseconds the sender wants to be asked again, or null where it does not say. */
  readonly pollAfterMs: number | null;
  /** Why it failed, in the sender's words. For people; it may quote the prompt. */
  readonly errorMessage: string | null;
  /** The sender's own answer, untouched. It may hold signed URLs: do not log it, and fetch no URL in it unseen. */
  readonly data: JsonObject;
}

export interface GetOptions extends CallOptions, JobPlace {}

export interface WaitOptions extends GetOptions {
  /** How long to wait in all, in milliseconds. Default: 30 minutes. */
  readonly timeoutMs?: number | undefined;
  /** The pause between polls, in milliseconds. Default: what the sender asks for. A quarter of jitter is added. */
  readonly intervalMs?: number | undefined;
  /** Told when status or progress has changed. Its failure changes nothing. */
  readonly onProgress?: ((job: JobState) => unknown) | undefined;
}

/** One sender's jobs. */
export interface JobSource {
  /** The name of the provider whose webhooks speak of these jobs. */
  readonly provider: string;
  /** Asks for one job's state. Absent where the sender publishes no such call. */
  get?(id: string, options?: GetOptions): Promise<JobResult<{ readonly job: JobState }>>;
  /**
   * The body of the delivery that the sender makes when a job has ended this way, or undefined while it has not.
   * Read by the sender's provider, it gives the identity, and so the dedupe key, of the webhook itself.
   */
  toDeliveryBody?(job: JobState): Uint8Array | undefined;
  /** When a job ended, for senders whose provider judges a delivery by its age; null where the answer does not say. */
  endedAt?(job: JobState): Date | null;
  /** Where the job is that an event is about. Absent where the sender has one kind of job. */
  placeOf?(event: TrackedEvent): JobPlace;
}
