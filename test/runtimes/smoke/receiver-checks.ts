import { createReceiver, type Provider, type Receiver, type Store } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { creativeai } from "@latchhook/core/providers/creativeai";
import { videogen } from "@latchhook/core/providers/videogen";
import { memoryStore } from "@latchhook/core/stores/memory";
import { webhook } from "@latchhook/hono";
import { Hono } from "hono";
import { expectEqual, type SmokeCheck } from "./check.ts";
import {
  forge,
  type SignedDelivery,
  secrets,
  signAiStats,
  signCreativeai,
  signVideogen,
  toRequest,
  unixSeconds,
} from "./sign.ts";

const processed = [200, '{"received":true}'];
const duplicate = [200, '{"received":true,"duplicate":true}'];
const unauthentic = [401, '{"error":"unauthentic"}'];

interface Sender {
  readonly name: string;
  readonly provider: Provider;
  sign(jobId: string): Promise<SignedDelivery>;
  /** A delivery whose signature is right and whose signed time is over the limit. */
  signStale(): Promise<SignedDelivery>;
}

const senders: readonly Sender[] = [
  {
    name: "AI Stats",
    provider: aiStats({ secret: secrets.aiStats }),
    sign: signAiStats,
    signStale: () => signAiStats("stale", unixSeconds(302)),
  },
  {
    name: "VideoGen",
    provider: videogen({ secret: secrets.videogen }),
    sign: signVideogen,
    signStale: () => signVideogen("stale", unixSeconds(302)),
  },
  {
    name: "CreativeAI",
    provider: creativeai({ secret: secrets.creativeai }),
    sign: signCreativeai,
    signStale: () => signCreativeai("stale", new Date(Date.now() - 8 * 86_400_000)),
  },
];

export const receiverChecks: readonly SmokeCheck[] = [
  ...senders.map(({ name, ...sender }) => ({
    name: `receives ${name} in the memory store`,
    run: () => checkDeliveries(sender, memoryStore()),
  })),
  { name: "runs the callback once for ten deliveries at a time", run: checkConcurrent },
  { name: "answers 500 when the callback throws, and runs again at the retry", run: checkRetry },
  { name: "receives in a Hono app, its options made from the context", run: checkHono },
];

/** Processed, duplicate, forged, stale: through `handle`, with one call of the callback. */
async function checkDeliveries(
  { provider, sign, signStale }: Omit<Sender, "name">,
  store: Store,
): Promise<void> {
  const persisted: unknown[] = [];
  const receiver = createReceiver({
    provider,
    store,
    persist: (event) => persisted.push([event.job?.id, event.job?.status]),
  });
  const delivery = await sign("job_1");
  expectEqual(await answer(receiver, delivery), processed);
  expectEqual(await answer(receiver, delivery), duplicate);
  expectEqual(await answer(receiver, forge(delivery)), unauthentic);
  expectEqual(await answer(receiver, forge(await sign("job_2"))), unauthentic);
  expectEqual(await answer(receiver, await signStale()), unauthentic);
  expectEqual(persisted, [["job_1", "completed"]]);
  await receiver.close();
}

async function checkConcurrent(): Promise<void> {
  let calls = 0;
  const receiver = createReceiver({
    provider: aiStats({ secret: secrets.aiStats }),
    store: memoryStore(),
    persist: () => {
      calls += 1;
      return new Promise((resolve) => setTimeout(resolve, 20));
    },
  });
  const delivery = await signAiStats("job_1");
  const answers = await Promise.all(Array.from({ length: 10 }, () => answer(receiver, delivery)));
  expectEqual([calls, answers.filter(([status]) => status !== 200)], [1, []]);
  await receiver.close();
}

async function checkRetry(): Promise<void> {
  let calls = 0;
  const receiver = createReceiver({
    provider: aiStats({ secret: secrets.aiStats }),
    store: memoryStore(),
    persist: () => {
      calls += 1;
      if (calls === 1) throw new Error("the database is away");
    },
    onOutcome: () => {},
  });
  const delivery = await signAiStats("job_1");
  expectEqual(await answer(receiver, delivery), [500, '{"error":"failed"}']);
  expectEqual(await answer(receiver, delivery), processed);
  await receiver.close();
}

async function checkHono(): Promise<void> {
  const store = memoryStore();
  let calls = 0;
  const app = new Hono<{ Bindings: { SECRET: string } }>();
  app.all(
    "/webhook",
    webhook((c) => ({
      provider: aiStats({ secret: c.env.SECRET }),
      store,
      persist: () => {
        calls += 1;
      },
    })),
  );
  const environment = { SECRET: secrets.aiStats };
  const delivery = await signAiStats("job_1");
  const send = async (request: Request) => read(await app.request(request, undefined, environment));
  expectEqual(await send(toRequest(delivery)), processed);
  expectEqual(await send(toRequest(delivery)), duplicate);
  expectEqual(await send(toRequest(forge(delivery))), unauthentic);
  const [status] = await send(new Request("http://127.0.0.1/webhook"));
  expectEqual([status, calls], [405, 1]);
}

async function answer(receiver: Receiver, delivery: SignedDelivery): Promise<[number, string]> {
  return read(await receiver.handle(toRequest(delivery)));
}

async function read(response: Response): Promise<[number, string]> {
  return [response.status, await response.text()];
}
