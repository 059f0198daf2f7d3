import { setMaxListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { SignedWebhook } from "@latchhook/testing";
import { post } from "../http/post.ts";
import type { SandboxSettings } from "../settings.ts";
import { forge } from "./forge.ts";
import type { DeliveryRecord, Outgoing } from "./outgoing.ts";

export interface Deliverer {
  /** Starts a delivery: first attempt now, retries as the sender schedules them. */
  send(outgoing: Outgoing): void;
  /** Everything that was sent or dropped, oldest first. */
  readonly records: DeliveryRecord[];
  /** Resolves once no delivery is under way or waiting for a retry. */
  idle(): Promise<void>;
  /** Ends all deliveries. */
  close(): Promise<void>;
}

const recordsKept = 10_000;

/** The senders' common way of delivering, with the faults that the settings switch on. */
export function createDeliverer(settings: () => SandboxSettings): Deliverer {
  const records: DeliveryRecord[] = [];
  const running = new Set<Promise<void>>();
  const held = new Map<string, Outgoing[]>();
  const closing = new AbortController();
  // One listener for each retry that waits.
  setMaxListeners(0, closing.signal);

  function record(
    outgoing: Outgoing,
    attempt: number,
    entry: Pick<DeliveryRecord, "kind"> & Partial<DeliveryRecord>,
  ): void {
    const { sender, jobId, type, url, schedule } = outgoing;
    const maxAttempts = schedule.gapsMs.length + 1;
    const sentAt = new Date().toISOString();
    const base = { sender, jobId, type, url: url.href, attempt, maxAttempts, sentAt };
    records.push({ ...base, status: null, error: null, preview: null, ...entry });
    if (records.length > recordsKept) records.shift();
  }

  async function sendOne(
    outgoing: Outgoing,
    attempt: number,
    kind: DeliveryRecord["kind"],
    signed: SignedWebhook = outgoing.sign(attempt, false),
  ): Promise<number | null> {
    const result = await post(outgoing.url, signed, settings().timeoutMs ?? outgoing.schedule.timeoutMs);
    record(outgoing, attempt, { kind, ...result });
    return result.status;
  }

  /** One attempt with all that the faults put around it. Whether the delivery is over. */
  async function attemptOnce(outgoing: Outgoing, attempt: number): Promise<boolean> {
    const { faults } = settings();
    if (faults.dropAttempts === "all" || attempt <= faults.dropAttempts) {
      record(outgoing, attempt, { kind: "dropped" });
      return false;
    }
    for (let index = 0; index < faults.forged; index++) {
      await sendOne(outgoing, attempt, "forged", forge(outgoing.sign(attempt, false), outgoing, index));
    }
    for (let index = 0; outgoing.undated !== true && index < faults.stale; index++) {
      await sendOne(outgoing, attempt, "stale", outgoing.sign(attempt, true));
    }
    const copies = Array.from({ length: faults.concurrent }, () => sendOne(outgoing, attempt, "duplicate"));
    const statuses = await Promise.all([sendOne(outgoing, attempt, "honest"), ...copies]);
    if (outgoing.gone !== undefined && statuses.includes(410)) {
      outgoing.gone();
      return true;
    }
    const delivered = statuses.some((status) => status !== null && status >= 200 && status < 300);
    for (let index = 0; delivered && index < faults.duplicates; index++) {
      await sendOne(outgoing, attempt, "duplicate");
    }
    return delivered;
  }

  async function retry(outgoing: Outgoing): Promise<void> {
    for (const [index, gapMs] of outgoing.schedule.gapsMs.entries()) {
      await pause(gapMs / settings().speed, undefined, { signal: closing.signal });
      if (await attemptOnce(outgoing, index + 2)) return;
    }
  }

  async function deliver(outgoings: readonly Outgoing[]): Promise<void> {
    for (const outgoing of outgoings) {
      if (!(await attemptOnce(outgoing, 1))) start(retry(outgoing));
    }
  }

  function start(work: Promise<void>): void {
    // A delivery that the sandbox's end cuts off is over, not broken.
    const settled = work.catch((error: unknown) => {
      if (!closing.signal.aborted) console.error("[latchhook sandbox] a delivery failed", error);
    });
    running.add(settled);
    settled.then(
      () => running.delete(settled),
      () => {},
    );
  }

  /** Under `reorder` nothing leaves before the job's end, and then the last comes first. */
  function inOrder(outgoing: Outgoing): readonly Outgoing[] {
    const key = `${outgoing.sender} ${outgoing.jobId} ${outgoing.url.href}`;
    const waiting = held.get(key) ?? [];
    if (settings().faults.reorder && !outgoing.last) {
      held.set(key, [...waiting, outgoing]);
      return [];
    }
    if (outgoing.last) held.delete(key);
    return outgoing.last ? [outgoing, ...waiting.toReversed()] : [outgoing];
  }

  return {
    records,
    send(outgoing) {
      if (!closing.signal.aborted) start(deliver(inOrder(outgoing)));
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
    async close() {
      closing.abort();
      await Promise.all(running);
    },
  };
}
