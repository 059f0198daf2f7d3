import { existsSync } from "node:fs";
import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Outcome, Provider, ReceiverOptions, WebhookEvent } from "@latchhook/core";
import { type EventRow, toEventRow } from "./event-row.ts";
import { type Faults, openFaults } from "./faults/open-faults.ts";
import { type JobRoutes, jobRoutes, noJobRoutes } from "./job-routes.ts";
import { openJobStore } from "./open-job-store.ts";
import { openJobs } from "./open-jobs.ts";
import { openPersistence } from "./open-persistence.ts";
import type { Persistence } from "./persistence.ts";
import { readSettings, type Settings } from "./settings.ts";

/** What the three apps have in common. */
export interface TestApp {
  readonly port: number;
  /** What each sender's `webhook` takes. */
  options<Event extends WebhookEvent>(provider: Provider<Event>): ReceiverOptions<Event, unknown>;
  /** What was persisted, oldest first. */
  listEvents(): Promise<EventRow[]>;
  readonly jobs: JobRoutes;
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
 * @throws Error that names the setting to change.
 */
export async function openApp(environment: NodeJS.ProcessEnv): Promise<TestApp> {
  const settings = readSettings(environment);
  const faults = await openFaults(settings.faults, settings.database);
  const persistence = await openPersistence(settings, faults);
  const toOptions = <Event extends WebhookEvent>(provider: Provider<Event>) =>
    receiverOptions(settings, persistence, faults, provider);
  async function close(): Promise<void> {
    await persistence.close();
    await faults.close();
  }
  const app = { port: settings.port, listEvents: persistence.list, watch: faults.watch };
  if (settings.jobs === undefined) {
    const nothing = async () => {};
    const without = { jobs: noJobRoutes(), listensAt() {}, stopReconciler: nothing };
    return { ...app, ...without, options: toOptions, close };
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
      await close();
    },
  };
}

function receiverOptions<Event extends WebhookEvent>(
  settings: Settings,
  persistence: Persistence,
  faults: Faults,
  provider: Provider<Event>,
): ReceiverOptions<Event, unknown> {
  const { ignoresSignal, limits } = settings.faults;
  return {
    provider,
    store: persistence.store,
    ...limits,
    async persist(event, delivery) {
      await faults.began(event, delivery);
      // Rejects when the lease is lost meanwhile: another process may be running this delivery.
      const signal = ignoresSignal ? undefined : delivery.signal;
      await sleep(settings.persistDelayMs, undefined, { signal });
      failWhile(settings.persistFailsWhile);
      await persistence.save(toEventRow(event, delivery), delivery);
    },
    ...(settings.logOutcomes ? { onOutcome: logOutcome } : {}),
  };
}

function failWhile(file: string | undefined): void {
  if (file !== undefined && existsSync(/* turbopackIgnore: true */ file)) throw new Error("told to fail");
}

function logOutcome({ provider, status, code, reason, late, error }: Outcome): void {
  const message = error instanceof Error ? error.message : undefined;
  console.log(JSON.stringify({ provider, status, code, reason, late, error: message }));
}
