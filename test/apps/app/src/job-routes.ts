import type { JobState, TrackedJob } from "@latchhook/jobs";
import { readJobRequest } from "./job-request.ts";
import type { Jobs, TrackedSender } from "./open-jobs.ts";

/** What a route answers: a status, and a value to send as JSON. */
export interface JobAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** The routes under `/jobs`, whatever the framework. */
export interface JobRoutes {
  /** `POST /jobs`, with the parsed body. */
  create(body: unknown): Promise<JobAnswer>;
  /** `GET /jobs`: the newest first. */
  list(): Promise<JobAnswer>;
  /** `GET /jobs/:id`. */
  find(id: string): Promise<JobAnswer>;
}

/** @param origin the app's own address, as senders see it. */
export function jobRoutes({ senders }: Jobs, origin: () => string): JobRoutes {
  return {
    async create(body) {
      const request = readJobRequest(body);
      if (typeof request === "string") return refuse(400, "bad-request", request);
      const sender = senders.get(request.sender);
      if (sender?.create === undefined) {
        return refuse(400, "bad-request", "No jobs are created at that sender.");
      }
      const created = await sender.create(request, `${origin()}/webhooks/${request.sender}`);
      if (!created.ok) {
        const { code, message } = created.error;
        // The address was checked at the start, so it is the events that were refused.
        return refuse(code === "invalid-subscription" ? 400 : 502, code, message);
      }
      return { status: 202, body: await track(sender, created.job) };
    },
    async list() {
      const lists = await Promise.all([...senders.values()].map(({ tracker }) => tracker.list()));
      return { status: 200, body: lists.flat().toSorted(newestFirst) };
    },
    async find(id) {
      for (const { tracker } of senders.values()) {
        const job = await tracker.get(id);
        if (job !== null) return { status: 200, body: job };
      }
      return refuse(404, "not-found", "No such job is tracked.");
    },
  };
}

/** Stores a new job's id, before it is answered: a crash from here on loses no job. */
async function track({ tracker, provider }: TrackedSender, job: JobState): Promise<TrackedJob> {
  try {
    return await tracker.track(job);
  } catch (error) {
    // Nobody else knows the id until a webhook tells it.
    console.error(`The job ${JSON.stringify(job.id)} of ${provider.name} was created, but not stored.`);
    throw error;
  }
}

/** The routes of an app without `SENDER_URL`. */
export function noJobRoutes(): JobRoutes {
  const off = async () => refuse(503, "no-sender", "Set SENDER_URL to create and follow jobs.");
  return { create: off, list: off, find: off };
}

function newestFirst(one: TrackedJob, other: TrackedJob): number {
  return other.createdAt.getTime() - one.createdAt.getTime();
}

function refuse(status: number, error: string, message: string): JobAnswer {
  return { status, body: { error, message } };
}
