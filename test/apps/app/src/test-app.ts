import type { Server } from "node:http";
import type { Provider, ReceiverOptions, WebhookEvent } from "@latchhook/core";
import { basicAuth, type MonitoredWebhook, type MonitorOptions } from "@latchhook/monitor";
import type { EventRow } from "./event-row.ts";
import { openFaults } from "./faults/open-faults.ts";
import { type JobRoutes, jobRoutes, noJobRoutes } from "./job-routes.ts";
import { openJobStore } from "./open-job-store.ts";
import { type Jobs, openJobs } from "./open-jobs.ts";
import { type MetricsText, openMetrics } from "./open-metrics.ts";
import { openPersistence } from "./open-persistence.ts";
import { type ReceiverParts, receiverOptions } from "./receiver-options.ts";
import { readSettings } from "./settings.ts";

/** What the three apps have in common. */
export interface TestApp {
  readonly port: number;
  /** What each sender's `webhook` takes. */
  options<Event extends WebhookEvent>(provider: Provider<Event>): ReceiverOptions<Event, unknown>;
  /** What was persisted, oldest first. */
  listEvents(): Promise<EventRow[]>;
  readonly jobs: JobRoutes;
  /** `GET /metrics`. */
  metrics(): Promise<MetricsText>;
  /** Whether there is a monitor page: where `MONITOR_PASSWORD` is set. */
  readonly hasMonitor: boolean;
  /** What the page takes, once the app listens. Its user is `ops`. */
  monitorOptions(webhooks: readonly MonitoredWebhook[]): MonitorOptions;
  /** Tells the app its own address, where senders deliver to unless `PUBLIC_URL` is set. */
  listensAt(url: string): void;
  /** Lets fault tests step in between the app and its clients. */
  watch(server: Server): void;
  /** Ends the reconciler, once what it has begun is over. `close` does it too. */
  stopReconciler(): Promise<void>;
  /** Releases store and tables. Close the webhook handlers before. */
  close(): Promise<void>;
}

/**
 * Opens store and tables, and creates the tables where they are missing. With `SENDER_URL` the reconciler runs from
 * now on.
 *
 * @throws Error that names the setting to change, or what is missing.
 */
export async function openApp(environment: NodeJS.ProcessEnv): Promise<TestApp> {
  const settings = readSettings(environment);
  const { port, monitorPassword } = settings;
  const faults = await openFaults(settings.faults, settings.database);
  const persistence = await openPersistence(settings, faults);
  let jobs: Jobs | undefined;
  const metrics = openMetrics(() => countJobs(jobs));
  const parts: ReceiverParts = { settings, persistence, faults, metrics: metrics.instrument };
  if (settings.jobs !== undefined) {
    jobs = openJobs(settings.jobs, await openJobStore(settings.database), parts);
  }
  let origin = settings.jobs?.publicUrl;
  const ownOrigin = () => origin ?? `http://127.0.0.1:${port}`;
  return {
    port,
    options: (provider) => trackedOptions(receiverOptions(parts, provider), jobs),
    listEvents: persistence.list,
    jobs: jobs === undefined ? noJobRoutes() : jobRoutes(jobs, ownOrigin),
    metrics: metrics.read,
    hasMonitor: monitorPassword !== undefined,
    monitorOptions: (webhooks) => ({
      webhooks,
      jobs: trackersOf(jobs),
      authorize: basicAuth({ ops: monitorPassword }),
      origin: ownOrigin(),
    }),
    listensAt(url) {
      origin ??= url;
    },
    watch: faults.watch,
    stopReconciler: async () => jobs?.stop(),
    async close() {
      await jobs?.close();
      await persistence.close();
      await faults.close();
    },
  };
}

/** The same options, whose `persist` also feeds the table of jobs. */
function trackedOptions<Event extends WebhookEvent>(
  options: ReceiverOptions<Event, unknown>,
  jobs: Jobs | undefined,
): ReceiverOptions<Event, unknown> {
  const tracked = jobs?.senders.get(options.provider.name);
  return tracked === undefined ? options : { ...options, persist: tracked.persist };
}

async function countJobs(jobs: Jobs | undefined) {
  return (await Promise.all(trackersOf(jobs).map((tracker) => tracker.counts()))).flat();
}

function trackersOf(jobs: Jobs | undefined) {
  return [...(jobs?.senders.values() ?? [])].map(({ tracker }) => tracker);
}
