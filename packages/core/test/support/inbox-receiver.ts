import type { Inbox, InboxDetails, Provider, WebhookEvent } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import { dialects } from "./dialects.ts";
import { type TrialReceiver, trialReceiver } from "./trial-receiver.ts";

export const dialect = dialects[0] as (typeof dialects)[number];
export const provider = dialect.makeProvider({ secret: dialect.secrets[0] });

/** A receiver with an inbox, and a callback that fails while it is told to. */
export interface InboxReceiver extends TrialReceiver {
  readonly inbox: Inbox;
  /** What the callback throws from now on; undefined, and it succeeds. */
  fails: unknown;
  /** The only delivery that is kept, with all that was noted written. */
  readonly only: () => Promise<InboxDetails>;
}

type Options = Parameters<typeof trialReceiver>[1];

export function inboxReceiver(options: Options = {}, from: Provider<WebhookEvent> = provider): InboxReceiver {
  const trial = trialReceiver(from, {
    inbox: {},
    store: memoryStore(),
    ...options,
    async persist(event, delivery) {
      await options.persist?.(event, delivery);
      if (made.fails !== undefined) throw made.fails;
    },
  });
  const { inbox } = trial.receiver;
  if (inbox === undefined) throw new Error("There is no inbox.");

  async function only(): Promise<InboxDetails> {
    await inbox?.flush();
    const deliveries = (await inbox?.list())?.deliveries ?? [];
    const details = await inbox?.get(deliveries[0]?.key ?? "");
    if (deliveries.length !== 1 || !details) throw new Error(`There are ${deliveries.length} deliveries.`);
    return details;
  }

  const made: InboxReceiver = { ...trial, inbox, fails: undefined, only };
  return made;
}

/** Waits until `condition` holds, for two seconds at most. */
export async function until(condition: () => unknown): Promise<void> {
  for (let waited = 0; waited < 2_000; waited += 10) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("It did not come true.");
}
