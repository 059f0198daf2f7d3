import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createReceiver, type Delivery, type Receiver, type WebhookEvent } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { videogen } from "@latchhook/core/providers/videogen";
import { fromNodeRequest, sendAnswer } from "@latchhook/node";
import { type Crash, crashingStore, createCrash } from "./crash.ts";
import { type Entry, type EntryKind, type Ledger, monotonicMs, openLedger } from "./ledger.ts";
import { openStore } from "./open-store.ts";
import { readSettings, type Settings, secrets } from "./settings.ts";

// An app process that tests start, stop and kill. It says on its standard output where it listens.

type Persist = (event: WebhookEvent, delivery: Delivery<never>) => Promise<void>;

/** The callback: it notes that it began, waits if it is told to, and has its effect. */
function createPersist(settings: Settings, ledger: Ledger<never>, crash: Crash): Persist {
  function entry(kind: EntryKind, event: WebhookEvent, key: string): Entry {
    return { kind, key, job: event.job?.id ?? "", process: process.pid, at: monotonicMs() };
  }
  return async function persist(event, { key, commit }) {
    await ledger.write(entry("start", event, key));
    await crash.at("in-persist");
    await new Promise((resolve) => setTimeout(resolve, settings.persistMs ?? 0));
    if (settings.throws === true) throw new Error("The callback was told to fail.");
    if (settings.write === "separate") {
      await ledger.write(entry("effect", event, key));
      await crash.at("after-effect");
      return;
    }
    await commit((transaction) => {
      const written = ledger.writeWithin(transaction, entry("effect", event, key));
      if (!(written instanceof Promise)) return crash.atOnce("in-commit");
      return written.then(() => crash.at("in-commit"));
    });
  };
}

function createReceivers(
  settings: Settings,
  store: Parameters<typeof crashingStore>[0],
  persist: Persist,
): Readonly<Record<string, Receiver>> {
  const { leaseMs, deadlineMs, waitMs, maxRunMs, toleranceSeconds } = settings;
  const limits = { leaseMs, deadlineMs, waitMs, maxRunMs };
  const shared = { store, persist, ...limits };
  return {
    "/ai-stats": createReceiver({
      ...shared,
      provider: aiStats({ secret: secrets["ai-stats"], toleranceSeconds }),
    }),
    "/videogen": createReceiver({
      ...shared,
      provider: videogen({ secret: secrets.videogen, toleranceSeconds }),
    }),
    "/creativeai": createReceiver({
      ...shared,
      provider: creativeai({ secret: secrets.creativeai, toleranceSeconds }),
    }),
  };
}

async function start(): Promise<void> {
  const settings = readSettings();
  const crash = createCrash(settings.crashAt);
  const ledger = await openLedger(settings.ledger);
  const opened = await openStore(settings, crash);
  const store = crashingStore(opened.store, crash, (key) =>
    ledger.write({ kind: "completion", key, job: "", process: process.pid, at: monotonicMs() }),
  );
  const receivers = createReceivers(settings, store, createPersist(settings, ledger, crash));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const receiver = receivers[request.url ?? ""];
    if (receiver === undefined) return void response.writeHead(404).end();
    const decided = await receiver.receive(fromNodeRequest(request, "Read nothing before."));
    await crash.at("before-answer");
    response.once("finish", () => void crash.at("after-answer"));
    await sendAnswer(response, decided);
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1", () => {
    console.log(`It is ${Date.now()} here, listening on ${(server.address() as AddressInfo).port}`);
  });
  process.once("SIGTERM", async () => {
    const closed = once(server, "close");
    server.close();
    await Promise.all(Object.values(receivers).map((receiver) => receiver.close()));
    // Their answers have to leave before the process does.
    await closed;
    await opened.close();
    await ledger.close();
    process.exit(0);
  });
}

await start();
