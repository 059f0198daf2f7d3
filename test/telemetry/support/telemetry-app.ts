import type { Inbox, Instrument, ReceiverOptions } from "@latchhook/core";
import { logOutcomes } from "@latchhook/core";
import { type AiStatsEvent, aiStats } from "@latchhook/core/providers/ai-stats";
import { memoryStore } from "@latchhook/core/stores/memory";
import { webhook } from "@latchhook/express";
import { type AdapterServer, listen, type SignAiStatsOptions, signAiStats } from "@latchhook/testing";
import express, { type Express } from "express";

export const secret = "whsec_telemetry-0123456789";

export interface TelemetryApp {
  readonly app: Express;
  readonly inbox: Inbox;
  /** Sends a delivery of AI Stats, and gives the status of the answer. */
  readonly send: (delivery?: SendOptions) => Promise<number>;
  /** What the callback throws from now on; undefined, and it succeeds. */
  fails: unknown;
  close(): Promise<void>;
}

type SendOptions = Partial<SignAiStatsOptions> & { readonly traceparent?: string };

/** In place of the default log: what fails here fails on purpose. */
const silentLog = logOutcomes({ error() {}, warn() {} });

/**
 * An Express app with one webhook, watched by an instrument.
 *
 * @param prepare mounts what comes before the webhook.
 */
export async function telemetryApp(
  instrument: Instrument,
  options: Partial<ReceiverOptions<AiStatsEvent>> = {},
  prepare: (app: Express) => void = () => {},
): Promise<TelemetryApp> {
  const app = express();
  prepare(app);
  const handler = webhook<AiStatsEvent>({
    provider: aiStats({ secret: ["whsec_before-0123456789", secret] }),
    store: memoryStore(),
    inbox: {},
    ...options,
    onOutcome: [instrument, silentLog],
    async persist(event, delivery) {
      await options.persist?.(event, delivery);
      if (made.fails !== undefined) throw made.fails;
    },
  });
  app.post("/webhooks", handler);
  const server: AdapterServer = await listen(app);
  const { inbox } = handler;
  if (inbox === undefined) throw new Error("There is no inbox.");

  async function send({ traceparent, ...delivery }: SendOptions = {}): Promise<number> {
    const { method, headers, body } = signAiStats({ secret, ...delivery });
    const sent = { ...headers, ...(traceparent === undefined ? undefined : { traceparent }) };
    const response = await fetch(server.url, { method, headers: sent, body });
    await response.arrayBuffer();
    return response.status;
  }

  const made: TelemetryApp = {
    app,
    inbox,
    send,
    fails: undefined,
    async close() {
      await server.close();
      await handler.close();
    },
  };
  return made;
}
