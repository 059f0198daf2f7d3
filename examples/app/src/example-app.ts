import { setTimeout as sleep } from "node:timers/promises";
import type { Outcome, Provider, ReceiverOptions, WebhookEvent } from "@latchhook/core";
import { type EventRow, toEventRow } from "./event-row.ts";
import { type JobRoutes, jobRoutes, noJobRoutes } from "./job-routes.ts";
import { openJobStore } from "./open-job-store.ts";
import { openJobs } from "./open-jobs.ts";
import { openPersistence } from "./open-persistence.ts";
import type { Persistence } from "./persistence.ts";
import { readSettings, type Settings } from "./settings.ts";

/** What the three example apps have in common. */
export interface ExampleApp {
  readonly port: number;
  /** What each sender's `webhook` takes. */
  options<Event extends WebhookEvent>(provider: Provider<Event>): ReceiverOptions<Event, unknown>;
  /** What was persisted, oldest first. */
  listEvents(): Promise<EventRow[]>;
  readonly jobs: JobRoutes;
  /** Tells the app its own address, where senders deliver to unless `PUBLIC_URL` is set. */
  listensAt(url: string): void;
  /** Ends the reconciler, once what it has begun is over. `close` does it too. */
  stopReconciler(): Promise<void>;
  /** Releases store and tables. Close the webhook handlers before. */
  close(): Promise<void>;
}

/**
 * Opens store and tables, and creates the tables where they are missing. With `SENDER_URL` the reconciler runs from
 * now on.
 *
 * @throws Error that names the setting to change.
 */
export async function openApp(environment: NodeJS.ProcessEnv): Promise<ExampleApp> {
  const settings = readSettings(environment);
  const persistence = await openPersistence(settings);
  const toOptions = <Event extends WebhookEvent>(provider: Provider<Event>) =>
    receiverOptions(settings, persistence, provider);
  const app = { port: settings.port, listEvents: persistence.list };
  if (settings.jobs === undefined) {
    const nothing = async () => {};
    const without = { jobs: noJobRoutes(), listensAt() {}, stopReconciler: nothing };
    return { ...app, ...without, options: toOptions, close: persistence.close };
  }

  const jobs = openJobs(settings.jobs, await openJobStore(settings.database), toOptions);
  let origin = settings.jobs.publicUrl;
  return {
    ...app,
    options(provider) {
      const tracked = jobs.senders.get(provider.name);
      const options = toOptions(provider);
      return tracked === undefined ? options : { ...options, persist: tracked.persist };
    },
    jobs: jobRoutes(jobs, () => origin ?? `http://127.0.0.1:${settings.port}`),
    listensAt(url) {
      origin ??= url;
    },
    stopReconciler: jobs.stop,
    async close() {
      await jobs.close();
      await persistence.close();
    },
  };
}

function receiverOptions<Event extends WebhookEvent>(
  settings: Settings,
  persistence: Persistence,
  provider: Provider<Event>,
): ReceiverOptions<Event, unknown> {
  return {
    provider,
    store: persistence.store,
    async persist(event, delivery) {
      // Rejects when the lease is lost meanwhile: another process may be running this delivery.
      await sleep(settings.persistDelayMs, undefined, { signal: delivery.signal });
      await persistence.save(toEventRow(event, delivery), delivery);
    },
    ...(settings.logOutcomes ? { onOutcome: logOutcome } : {}),
  };
}

function logOutcome({ provider, status, code, reason, late, error }: Outcome): void {
  const message = error instanceof Error ? error.message : undefined;
  console.log(JSON.stringify({ provider, status, code, reason, late, error: message }));
}
