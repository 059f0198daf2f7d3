import {
  createReceiver,
  type JobStatus,
  LatchhookError,
  type Receiver,
  type ReceiverOptions,
  type StandardSchema,
  type WebhookEvent,
} from "@latchhook/core";
import { objectMember } from "@latchhook/core/kit";
import { positive } from "../check-option.ts";
import type { JobPlace } from "../job-place.ts";
import type { JobSource } from "../job-source.ts";
import { notify } from "../notify.ts";
import { sleep, withJitter } from "../sleep.ts";
import { type CheckContext, type CheckResult, checkJob, newsOf } from "./check-job.ts";
import type { JobCount, JobNews, JobStore, TrackedJob } from "./job-store.ts";
import { logProblem, type ProblemObserver } from "./observe.ts";
import { type ReconcileReport, reconcileDue } from "./reconcile-due.ts";
import { noteTraceparent } from "./traceparent.ts";
import type { TrackedEvent } from "./tracked-event.ts";

export interface TrackJobsOptions {
  /** Who is asked about a job: `aiStatsJobs()`, `creativeaiJobs()` or `videogenJobs()`. */
  readonly source: JobSource;
  /** The table: `sqliteJobs()` or `postgresJobs()`. */
  readonly store: JobStore;
  /** Separates the jobs of several accounts in one table. Default: `""`. */
  readonly scope?: string | undefined;
  /** After how long without news a job is checked, in milliseconds. Default: 2 minutes. */
  readonly overdueAfterMs?: number | undefined;
  /** How long the sender is given to settle a contradiction while a webhook waits, in milliseconds. Default: 3 s. */
  readonly askTimeoutMs?: number | undefined;
  /**
   * The trace context that is active when `track` is called, as in a header `traceparent`; it is kept with the job, so that
   * the delivery's trace can be linked to it. `activeTraceparent` of `@latchhook/telemetry/opentelemetry` is one. What
   * it throws, or gives in another form, is left out. Default: nothing is kept.
   */
  readonly traceparent?: (() => string | undefined) | undefined;
  /** Told of overdue, vanished and unreadable jobs. Default: one line each on `console.error`. */
  readonly onProblem?: ProblemObserver | undefined;
}

export interface ReconcileOptions {
  /** How many jobs to check at most. Default: 500. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StartOptions {
  /** The pause between two rounds, in milliseconds; up to a quarter is added. */
  readonly everyMs: number;
  /** Told of each round. Its failure changes nothing. */
  readonly onReport?: ((report: ReconcileReport) => unknown) | undefined;
}

/** A job to follow. What `create`, `get` and `wait` give as `job` will do. */
export interface TrackRequest extends JobPlace {
  readonly id: string;
  readonly status?: JobStatus;
  readonly progress?: number | null;
}

export interface ListJobsOptions {
  /** Default: 100. */
  readonly limit?: number | undefined;
  /** The id of a job: only jobs that were created before it. For the next page, the last of this one. */
  readonly before?: string | undefined;
}

/** Follows the jobs of one sender. */
export interface JobTracker {
  /** Whose jobs, such as `ai-stats`. */
  readonly provider: string;
  /** Separates several accounts; empty unless given. */
  readonly scope: string;
  /** Whether the sender can be asked about a job. */
  readonly checkable: boolean;
  /**
   * The same receiver options, with a `persist` that also feeds the table after yours. The reconciler delivers through
   * them, so call this once in every process that reconciles, whether it serves requests or not.
   */
  attach<
    Event extends WebhookEvent,
    Transaction = never,
    Schema extends StandardSchema | undefined = undefined,
  >(options: ReceiverOptions<Event, Transaction, Schema>): ReceiverOptions<Event, Transaction, Schema>;
  /**
   * Starts to follow a job that was just created. Do it before you answer your own caller. VideoGen's jobs need their
   * `kind`, and exports their `projectId`; for AI Stats a `kind` of `batch` saves a question.
   */
  track(job: TrackRequest): Promise<TrackedJob>;
  /** Records what an event says of its job; null where it is about none. `attach` does it for you. */
  record(event: TrackedEvent): Promise<TrackedJob | null>;
  get(id: string): Promise<TrackedJob | null>;
  /** The newest first. */
  list(options?: ListJobsOptions): Promise<readonly TrackedJob[]>;
  /** How many jobs have each status. */
  counts(): Promise<readonly JobCount[]>;
  /** Asks the sender about one job now; null where it is not tracked. */
  check(id: string, options?: { readonly signal?: AbortSignal }): Promise<CheckResult | null>;
  /** Checks what is overdue and delivers what was missed. Several processes may do it at once. */
  reconcile(options?: ReconcileOptions): Promise<ReconcileReport>;
  /** Reconciles again and again until `stop`. */
  start(options: StartOptions): void;
  /** Deletes settled jobs that have not changed for `olderThanMs`. Returns how many. */
  purge(olderThanMs: number, limit?: number): Promise<number>;
  /** Ends `start`, and resolves once the round under way is over. The store stays open. */
  stop(): Promise<void>;
}

/**
 * Follows jobs over their webhooks, and asks the sender where those are missing or contradict each other.
 *
 * @throws LatchhookError `invalid-option`.
 * @example
 * const jobs = trackJobs({ source: aiStatsJobs(), store: sqliteJobs({ path: "app.db" }) });
 * app.post("/webhooks/ai-stats", webhook(jobs.attach({ provider: aiStats(), store, persist })));
 * jobs.start({ everyMs: 60_000 });
 */
export function trackJobs(options: TrackJobsOptions): JobTracker {
  const { source, store, scope = "", onProblem = logProblem } = options;
  const owner = { scope, provider: source.provider };
  const overdueAfterMs = positive("trackJobs", "overdueAfterMs", options.overdueAfterMs ?? 120_000);
  const askTimeoutMs = positive("trackJobs", "askTimeoutMs", options.askTimeoutMs ?? 3_000);
  let receiver: Receiver | undefined;
  let stopping: AbortController | undefined;
  let looping: Promise<void> = Promise.resolve();

  function advance(news: Omit<JobNews, "checkInMs" | "authoritative">, authoritative = false) {
    return store.advance(owner, { ...news, checkInMs: overdueAfterMs, authoritative });
  }

  async function record(event: TrackedEvent): Promise<TrackedJob | null> {
    const { job, data } = event;
    if (job === null) return null;
    const { progress } = objectMember(data);
    const place = source.placeOf?.(event);
    const news = newsOf({ ...job, ...place, progress: typeof progress === "number" ? progress : null });
    const known = await advance({ ...news, settled: job.terminal });
    const contradicted = job.terminal && known.status !== job.status;
    return contradicted ? settleContradiction(known, job.status) : known;
  }

  /** An event announces another end than the table has. The sender's answer wins, now or at the next round. */
  async function settleContradiction(known: TrackedJob, announced: JobStatus): Promise<TrackedJob> {
    // Where the sender cannot be asked, the end that came first stands.
    if (source.get === undefined) return known;
    const { kind, projectId } = known;
    const answer = await source.get(known.id, { kind, projectId, signal: AbortSignal.timeout(askTimeoutMs) });
    if (answer.ok && answer.job.terminal) {
      const { status } = answer.job;
      const settled = status === announced || (status === known.status && known.settled);
      return advance({ ...newsOf(answer.job), settled }, true);
    }
    await store.postpone(owner, known.id, {
      checkInMs: 0,
      failures: 0,
      problem: null,
      asked: true,
      unsettle: true,
    });
    return { ...known, settled: false };
  }

  /** The event has been persisted; a table that fails now must not make the sender deliver it again. */
  async function recordQuietly(event: TrackedEvent): Promise<void> {
    try {
      await record(event);
    } catch (error) {
      const id = event.job?.id ?? null;
      notify(onProblem, { provider: owner.provider, id, problem: "store-failed", failures: 1, error });
    }
  }

  function context(): CheckContext {
    if (receiver === undefined && source.get !== undefined) {
      throw new LatchhookError(
        "invalid-option",
        "trackJobs: there is nowhere to deliver to. Call attach() with the receiver's options before reconciling.",
      );
    }
    return { owner, source, store, receiver, overdueAfterMs };
  }

  async function reconcile({ limit = 500, signal }: ReconcileOptions = {}): Promise<ReconcileReport> {
    return reconcileDue(context(), limit, onProblem, signal);
  }

  async function loop({ everyMs, onReport }: StartOptions, signal: AbortSignal): Promise<void> {
    // Processes that start together should not ask together.
    await sleep(everyMs * Math.random(), signal);
    while (!signal.aborted) {
      try {
        notify(onReport, await reconcile({ signal }));
      } catch (error) {
        notify(onProblem, {
          provider: owner.provider,
          id: null,
          problem: "store-failed",
          failures: 1,
          error,
        });
      }
      await sleep(withJitter(everyMs), signal);
    }
  }

  return {
    ...owner,
    checkable: source.get !== undefined,
    attach(receiverOptions) {
      const attached: typeof receiverOptions = {
        ...receiverOptions,
        async persist(event, delivery) {
          await receiverOptions.persist(event, delivery);
          await recordQuietly(event);
        },
      };
      requireProvider(receiverOptions.provider, owner.provider);
      // Not `attached`: the reconciler records what it delivers by itself, once.
      receiver = createReceiver(receiverOptions);
      return attached;
    },
    async track({ status = "queued", progress = null, ...job }) {
      const traceparent = noteTraceparent(options.traceparent);
      return advance({ ...newsOf({ ...job, status, progress }), settled: false, traceparent });
    },
    record,
    get: async (id) => store.get(owner, id),
    list: async ({ limit = 100, before } = {}) => store.list(owner, { limit, before }),
    counts: async () => store.count(owner),
    async check(id, { signal } = {}) {
      const job = await store.get(owner, id);
      return job === null ? null : checkJob(context(), job, signal);
    },
    reconcile,
    start(startOptions) {
      positive("trackJobs", "everyMs", startOptions.everyMs);
      context();
      if (stopping !== undefined)
        throw new LatchhookError("invalid-option", "trackJobs: it has been started already.");
      stopping = new AbortController();
      looping = loop(startOptions, stopping.signal);
    },
    purge: async (olderThanMs, limit = 1_000) => store.purge(owner, olderThanMs, limit),
    async stop() {
      stopping?.abort();
      await looping;
      stopping = undefined;
      await receiver?.close();
    },
  };
}

/** @throws LatchhookError `invalid-option` where the receiver is another sender's. */
function requireProvider(provider: { readonly name: string } | undefined, expected: string): void {
  if (provider?.name === expected) return;
  throw new LatchhookError(
    "invalid-option",
    `trackJobs: the receiver's provider must be ${expected}, the one of the job source.`,
  );
}
