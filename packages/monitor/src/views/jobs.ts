import type { InboxDelivery } from "@latchhook/core";
import {
  deliveriesOfJob,
  findingOf,
  findJob,
  type Generation,
  generationOf,
  type JobFinding,
  readJobs,
  type WatchedJob,
} from "../data/job-health.ts";
import { jobsPage } from "./jobs/jobs-page.ts";
import type { View, ViewContext } from "./view.ts";

/** A job beside what came of its webhooks. */
export interface KnownJob extends WatchedJob {
  readonly deliveries: readonly InboxDelivery[];
  readonly finding: JobFinding;
}

export interface JobFacts {
  readonly jobs: readonly KnownJob[];
  readonly generations: readonly Generation[];
  /** The job that was asked for; null where it is not tracked, undefined where none was. */
  readonly asked: KnownJob | null | undefined;
}

/** So many of the newest jobs are looked into. */
const shown = 50;

/** Generation failure or lost webhook? */
export async function jobs(context: ViewContext): Promise<View> {
  const { query, sources, jobs: tables, now } = context;
  const id = query.get("job");
  const watched = id === null ? await readJobs(tables) : [];
  const one = id === null ? undefined : await findJob(tables, query.get("provider") || undefined, id);
  const known = await Promise.all(
    [...watched.slice(0, shown), ...(one === undefined ? [] : [one])].map(look),
  );
  async function look(job: WatchedJob): Promise<KnownJob> {
    const deliveries = await deliveriesOfJob(sources, job.job);
    return { ...job, deliveries, finding: findingOf(job, deliveries) };
  }
  const providers = [...new Set(tables.map(({ provider }) => provider))];
  const facts: JobFacts = {
    jobs: known,
    generations: providers.map((provider) => generationOf(provider, watched, now)),
    asked: id === null ? undefined : (known[0] ?? null),
  };
  return {
    status: facts.asked === null ? 404 : 200,
    json: { jobs: known.map(toJson) },
    page: () => jobsPage(facts, context),
  };
}

function toJson({ job, table, finding, deliveries }: KnownJob) {
  return {
    id: job.id,
    provider: job.provider,
    scope: table.scope,
    status: job.status,
    progress: job.progress,
    settled: job.settled,
    problem: job.problem,
    failures: job.failures,
    finding,
    createdAt: job.createdAt.toISOString(),
    updatedAt: job.updatedAt.toISOString(),
    checkedAt: job.checkedAt?.toISOString() ?? null,
    deliveries: deliveries.map(({ key }) => key),
  };
}
