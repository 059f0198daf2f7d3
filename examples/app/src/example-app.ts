import { setTimeout as sleep } from "node:timers/promises";
import type { Outcome, Provider, ReceiverOptions, WebhookEvent } from "@latchhook/core";
import { type EventRow, toEventRow } from "./event-row.ts";
import { openPersistence } from "./open-persistence.ts";
import { readSettings } from "./settings.ts";

/** What the three example apps have in common. */
export interface ExampleApp {
  readonly port: number;
  /** What each sender's `webhook` takes. */
  options<Event extends WebhookEvent>(provider: Provider<Event>): ReceiverOptions<Event, unknown>;
  /** What was persisted, oldest first. */
  listEvents(): Promise<EventRow[]>;
  /** Releases store and table. Close the webhook handlers before. */
  close(): Promise<void>;
}

/**
 * Opens store and table, and creates the tables where they are missing.
 *
 * @throws Error that names the setting to change.
 */
export async function openApp(environment: NodeJS.ProcessEnv): Promise<ExampleApp> {
  const settings = readSettings(environment);
  const persistence = await openPersistence(settings);
  return {
    port: settings.port,
    options: (provider) => ({
      provider,
      store: persistence.store,
      async persist(event, delivery) {
        // Rejects when the lease is lost meanwhile: another process may be running this delivery.
        await sleep(settings.persistDelayMs, undefined, { signal: delivery.signal });
        await persistence.save(toEventRow(event, delivery), delivery);
      },
      ...(settings.logOutcomes ? { onOutcome: logOutcome } : {}),
    }),
    listEvents: persistence.list,
    close: persistence.close,
  };
}

function logOutcome({ provider, status, code, reason, late, error }: Outcome): void {
  const message = error instanceof Error ? error.message : undefined;
  console.log(JSON.stringify({ provider, status, code, reason, late, error: message }));
}
