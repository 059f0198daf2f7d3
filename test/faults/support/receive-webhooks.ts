import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createReceiver, type Outcome, type ReceiverOptions, type WebhookEvent } from "@latchhook/core";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { fromNodeRequest, sendAnswer } from "@latchhook/node";
import { appSenderOf } from "../../support/app-senders.ts";
import { type Attempt, post, type Sign, signerFor } from "./sender.ts";

/** A receiver behind a real socket, in the test's own process: for faults of the database, not of the process. */
export interface Endpoint {
  /** What became of each request, and of callbacks that outlived their answer. */
  readonly outcomes: readonly Outcome[];
  close(): Promise<void>;
  /** The event about a job of a name that was not used before, as its sender sends it. */
  delivery(): TestDelivery;
}

export interface TestDelivery {
  readonly job: string;
  /** One attempt. */
  send(): Promise<Attempt["status"]>;
}

export type EndpointOptions<Transaction> = Pick<
  ReceiverOptions<WebhookEvent, Transaction>,
  "store" | "persist" | "leaseMs" | "waitMs" | "deadlineMs"
>;

let jobs = 0;

/** Starts it. Times are short, so that a lease is over within a test. */
export async function receiveWebhooks<Transaction>(options: EndpointOptions<Transaction>): Promise<Endpoint> {
  const outcomes: Outcome[] = [];
  const receiver = createReceiver<WebhookEvent, Transaction>({
    provider: creativeai({ secret: appSenderOf("creativeai").secret }),
    leaseMs: 600,
    waitMs: 20,
    deadlineMs: 5_000,
    onOutcome: (outcome) => outcomes.push(outcome),
    ...options,
  });
  const server = createServer(async (request, response) => {
    await sendAnswer(response, await receiver.receive(fromNodeRequest(request, "Read nothing before.")));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    outcomes,
    async close() {
      server.close();
      server.closeAllConnections();
      await receiver.close();
    },
    delivery() {
      const job = `job-${process.pid}-${++jobs}`;
      const sign: Sign = signerFor("creativeai", job);
      let attempts = 0;
      return { job, send: () => post(url, sign(++attempts)) };
    },
  };
}

/** Lets a test step in while a callback runs. */
export interface Pause {
  /** For the callback: says that it has begun, and waits until it may go on. */
  here(): Promise<void>;
  /** Resolves once the callback has begun. */
  reached: Promise<void>;
  /** Lets it go on, now and at every later call. */
  end(): void;
}

export function createPause(): Pause {
  let reach = (): void => {};
  let end = (): void => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    async here() {
      reach();
      await ended;
    },
    reached,
    end: () => end(),
  };
}
