import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Outcome, OutcomeObserver, Provider, ReceiverOptions, WebhookEvent } from "@latchhook/core";
import { toEventRow } from "./event-row.ts";
import type { Faults } from "./faults/open-faults.ts";
import type { Persistence } from "./persistence.ts";
import type { Settings } from "./settings.ts";

/** What the receivers of all senders share. */
export interface ReceiverParts {
  readonly settings: Settings;
  readonly persistence: Persistence;
  readonly faults: Faults;
  readonly metrics: OutcomeObserver;
}

/** What each sender's `webhook` takes. */
export function receiverOptions<Event extends WebhookEvent>(
  { settings, persistence, faults, metrics }: ReceiverParts,
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
    onOutcome: settings.logOutcomes ? [metrics, logOutcome] : metrics,
    inbox: { body: settings.inboxBody },
  };
}

function failWhile(file: string | undefined): void {
  if (file !== undefined && existsSync(/* turbopackIgnore: true */ file)) throw new Error("told to fail");
}

function logOutcome({ provider, status, code, reason, late, error }: Outcome): void {
  const message = error instanceof Error ? error.message : undefined;
  console.log(JSON.stringify({ provider, status, code, reason, late, error: message }));
}
