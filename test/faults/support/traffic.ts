import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "./random.ts";
import { deliver, type SenderPolicy, type Sent } from "./sender.ts";

/**
 * The three senders' own behaviour, sped up for each so that its shortest pause takes `shortestGapMs`. That has to be
 * longer than the lease, as it is in real life.
 *
 * AI Stats tries four times: after 1, 5 and 15 minutes. CreativeAI tries three times: at 0, 5 and 30 s. VideoGen
 * promises exponential backoff, and does not say how often.
 */
export function realPolicies(shortestGapMs: number, timeoutMs: number): readonly SenderPolicy[] {
  const schedule = (name: string, gapsSeconds: readonly number[]): SenderPolicy => ({
    name,
    timeoutMs,
    gapsMs: gapsSeconds.map((gap) => (gap / (gapsSeconds[0] ?? 1)) * shortestGapMs),
  });
  return [
    schedule("ai-stats", [60, 300, 900]),
    schedule("videogen", [5, 10, 20, 40, 80]),
    schedule("creativeai", [5, 25]),
  ];
}

export interface TrafficOptions {
  readonly policies: readonly SenderPolicy[];
  /** How many deliveries are under way at a time. */
  readonly concurrency: number;
  readonly chooseUrl: () => string;
  readonly random: Random;
}

/** Deliveries that come in until told to end. */
export interface Traffic {
  /** Lets those under way come to their end. */
  end(): Promise<readonly Sent[]>;
}

/** No other run has had a job of this name. */
const jobPrefix = `job-${randomUUID()}`;
let jobs = 0;

/** Starts senders that have a new event as soon as the last one is delivered. */
export function startTraffic({ policies, concurrency, chooseUrl, random }: TrafficOptions): Traffic {
  const sent: Sent[] = [];
  let ending = false;

  async function sendOn(): Promise<void> {
    while (!ending) {
      const policy = random.pick(policies);
      if (policy === undefined) return;
      sent.push(await deliver(policy, `${jobPrefix}-${++jobs}`, chooseUrl));
      await sleep(random.between(0, 40));
    }
  }

  const senders = Array.from({ length: concurrency }, sendOn);
  return {
    async end() {
      ending = true;
      await Promise.all(senders);
      return sent;
    },
  };
}

/** What a person does about deliveries that their sender has given up: sends them once more, when all is well. */
export async function redeliver(
  sent: readonly Sent[],
  policies: readonly SenderPolicy[],
  chooseUrl: () => string,
): Promise<readonly Sent[]> {
  return Promise.all(
    sent.map(async (one) => {
      const policy = policies.find(({ name }) => name === one.sender);
      if (one.acknowledgedAt !== undefined || policy === undefined) return one;
      const again = await deliver(policy, one.job, chooseUrl);
      return { ...again, attempts: [...one.attempts, ...again.attempts] };
    }),
  );
}
