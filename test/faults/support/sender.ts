import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { SignedWebhook } from "@latchhook/testing";
import { monotonicMs } from "../../apps/app/src/monotonic-ms.ts";
import { appSenderOf } from "../../support/app-senders.ts";

/** How a sender goes about one delivery. Times are in milliseconds. */
export interface SenderPolicy {
  /** The provider's. */
  readonly name: string;
  /** How long it waits for an answer. */
  readonly timeoutMs: number;
  /** The pauses before the second and every further attempt. */
  readonly gapsMs: readonly number[];
}

/** One attempt, and what came of it: a status, or why there is none. Times are {@link monotonicMs}. */
export interface Attempt {
  readonly url: string;
  readonly status: number | "no answer" | "timeout";
  readonly startedAt: number;
  readonly endedAt: number;
}

/** A delivery, as its sender remembers it. */
export interface Sent {
  readonly job: string;
  readonly sender: string;
  readonly attempts: readonly Attempt[];
  /** When the first 2xx arrived; undefined where the sender has given up. */
  readonly acknowledgedAt: number | undefined;
}

/** Makes the request of one attempt: signed anew, over the same event. */
export type Sign = (attempt: number) => SignedWebhook;

/** The event that a sender sends about a job. */
export function signerFor(name: string, jobId: string): Sign {
  const { sign } = appSenderOf(name);
  const occurredAt = new Date();
  return (attempt) => sign({ jobId, attempt, occurredAt });
}

/** Sends until a 2xx, or until the last attempt. `chooseUrl` is asked for each attempt, as a load balancer is. */
export async function deliver(policy: SenderPolicy, job: string, chooseUrl: () => string): Promise<Sent> {
  const sign = signerFor(policy.name, job);
  const attempts: Attempt[] = [];
  for (const gapMs of [0, ...policy.gapsMs]) {
    await sleep(gapMs);
    const url = `${chooseUrl()}/webhooks/${policy.name}`;
    const startedAt = monotonicMs();
    const status = await post(url, sign(attempts.length + 1), policy.timeoutMs);
    const endedAt = monotonicMs();
    attempts.push({ url, status, startedAt, endedAt });
    if (isAcknowledgement(status)) return { job, sender: policy.name, attempts, acknowledgedAt: endedAt };
  }
  return { job, sender: policy.name, attempts, acknowledgedAt: undefined };
}

export function isAcknowledgement(status: Attempt["status"]): boolean {
  return typeof status === "number" && status >= 200 && status < 300;
}

/** Posts over a connection of its own, so that what a killed process leaves behind disturbs no other attempt. */
export function post(url: string, signed: SignedWebhook, timeoutMs = 10_000): Promise<Attempt["status"]> {
  return new Promise((resolve) => {
    const sent = request(url, { method: "POST", headers: signed.headers, agent: false }, (response) => {
      clearTimeout(timer);
      resolve(response.statusCode ?? "no answer");
      response.resume();
    });
    const timer = setTimeout(() => {
      resolve("timeout");
      sent.destroy();
    }, timeoutMs);
    sent.on("error", () => {
      clearTimeout(timer);
      resolve("no answer");
    });
    sent.end(signed.body);
  });
}
