import type { Server } from "node:http";
import type { Delivery, Store, WebhookEvent } from "@latchhook/core";
import type { PoolClient } from "pg";
import type { PostgresUrl, SqliteUrl } from "../database-url.ts";
import type { EventsTable } from "../events-table.ts";
import { type Crash, crashAtCommit, crashingEvents, crashingStore, createCrash } from "./crash.ts";
import type { FaultSettings } from "./fault-settings.ts";
import { type Ledger, openLedger } from "./ledger.ts";

/** Where fault tests step in. Without their settings every part is left as it is. */
export interface Faults {
  store<Transaction>(store: Store<Transaction>): Store<Transaction>;
  events<Transaction>(events: EventsTable<Transaction>): EventsTable<Transaction>;
  /** For each new connection of the store's pool. */
  connected(client: PoolClient): void;
  /** For each callback, before it does anything. */
  began(event: WebhookEvent, delivery: Delivery<unknown>): Promise<void>;
  /** For each server, once its own listeners are on it. */
  watch(server: Server): void;
  close(): Promise<void>;
}

const none: Faults = {
  store: (store) => store,
  events: (events) => events,
  connected() {},
  async began() {},
  watch() {},
  async close() {},
};

/** @param location of the app's own tables, where the ledger is kept too. */
export async function openFaults(
  { crashAt, keepsLedger }: FaultSettings,
  location: SqliteUrl | PostgresUrl,
): Promise<Faults> {
  if (crashAt === undefined && !keepsLedger) return none;
  const crash = createCrash(crashAt);
  const ledger = keepsLedger ? await openLedger(location) : undefined;
  // The tests shift the time of day of some processes, and look here whether they did.
  console.log(`It is ${Date.now()} here.`);
  return withFaults(crash, ledger);
}

function withFaults(crash: Crash, ledger: Ledger | undefined): Faults {
  return {
    store: (store) => crashingStore(store, crash, async (key) => ledger?.note("completion", key, "")),
    events: (events) => crashingEvents(events, crash),
    connected: (client) => crashAtCommit(client, crash),
    async began(event, { key }) {
      await ledger?.note("start", key, event.job?.id ?? "");
      await crash.at("in-persist");
    },
    watch: (server) => crashAtAnswers(server, crash),
    close: async () => ledger?.close(),
  };
}

/** Crashes just before a webhook's answer is written, and once the kernel has all of it. */
function crashAtAnswers(server: Server, crash: Crash): void {
  server.prependListener("request", (request, response) => {
    if (!request.url?.startsWith("/webhooks/")) return;
    const writeHead = response.writeHead.bind(response) as (...values: unknown[]) => typeof response;
    const watched = (...values: unknown[]) => {
      crash.atOnce("before-answer");
      return writeHead(...values);
    };
    Object.assign(response, { writeHead: watched });
    response.once("finish", () => crash.atOnce("after-answer"));
  });
}
