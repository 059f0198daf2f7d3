import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "./random.ts";

/** A process that can be killed at any time. */
export interface Victim {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  kill(): Promise<void>;
  stop(): void;
  continue(): void;
}

/** Several processes behind a load balancer that knows of a dead one, and not of one that hangs. */
export interface Fleet {
  /** The address of one of the processes. */
  chooseUrl(): string;
  /** Kills and stops processes at random, and starts others in their place, until so many are killed. */
  harass(plan: Harassment): Promise<void>;
  readonly kills: number;
  readonly stops: number;
  close(): Promise<void>;
}

export interface Harassment {
  readonly kills: number;
  /** Between two faults, at random. */
  readonly pauseMs: readonly [least: number, most: number];
  /** For how long a stopped process stands still: longer than a lease. */
  readonly stopMs: number;
  /** How often a process is stopped instead of killed. */
  readonly stopProbability: number;
}

interface Slot {
  victim: Victim;
  isUp: boolean;
}

/** Starts `size` processes. */
export async function startFleet(size: number, start: () => Promise<Victim>, random: Random): Promise<Fleet> {
  const slots: Slot[] = await Promise.all(
    Array.from({ length: size }, async () => ({ victim: await start(), isUp: true })),
  );
  const counts = { kills: 0, stops: 0 };

  async function kill(slot: Slot): Promise<void> {
    counts.kills++;
    const killed = slot.victim.kill();
    // For a moment the load balancer does not know yet.
    await sleep(random.between(0, 50));
    slot.isUp = false;
    await killed;
    slot.victim = await start();
    slot.isUp = true;
  }

  async function stop(slot: Slot, forMs: number): Promise<void> {
    counts.stops++;
    slot.victim.stop();
    await sleep(forMs);
    slot.victim.continue();
  }

  return {
    chooseUrl() {
      const up = slots.filter(({ isUp }) => isUp);
      return random.pick(up.length > 0 ? up : slots)?.victim.url ?? "";
    },
    async harass({ kills, pauseMs, stopMs, stopProbability }) {
      const busy = new Map<Slot, Promise<void>>();
      while (counts.kills < kills) {
        await sleep(random.between(...pauseMs));
        const slot = random.pick(slots.filter((one) => !busy.has(one)));
        if (slot === undefined) continue;
        const fault = random.chance(stopProbability) ? stop(slot, stopMs) : kill(slot);
        busy.set(
          slot,
          fault.finally(() => busy.delete(slot)),
        );
      }
      await Promise.all(busy.values());
    },
    get kills() {
      return counts.kills;
    },
    get stops() {
      return counts.stops;
    },
    async close() {
      for (const { victim } of slots) await victim.kill();
    },
  };
}
