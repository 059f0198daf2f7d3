import { randomBytes } from "node:crypto";
import type { Store } from "@latchhook/core";

export const leaseMs = 4_000;
export const retainMs = 30 * 86_400_000;

/** A delivery key that nobody has seen. */
export function newKey(): string {
  return randomBytes(32).toString("hex");
}

/** A new delivery's way through a store. */
export async function claimAndComplete(store: Store<unknown>, key: string): Promise<void> {
  const claimed = await store.claim(key, { owner: "bench", leaseMs, retainMs });
  if (claimed.state !== "claimed") throw new Error(`${store.name}: ${claimed.state}`);
  const update = await store.complete({ key, owner: "bench", fence: claimed.fence }, { retainMs });
  if (update !== "ok") throw new Error(`${store.name}: ${update}`);
}

/** A repeated delivery's. */
export async function claimCompleted(store: Store<unknown>, key: string): Promise<void> {
  const answer = await store.claim(key, { owner: "other", leaseMs, retainMs });
  if (answer.state !== "completed") throw new Error(`${store.name}: ${answer.state}`);
}

/** Deliveries a second, `concurrency` at a time, over `durationMs`. */
export async function throughput(
  store: Store<unknown>,
  concurrency: number,
  durationMs: number,
): Promise<number> {
  const start = performance.now();
  let done = 0;
  async function worker(): Promise<void> {
    while (performance.now() - start < durationMs) {
      await claimAndComplete(store, newKey());
      done++;
      // The memory and SQLite stores never leave the microtasks, and timers want their turn.
      if (done % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker));
  return (done / (performance.now() - start)) * 1000;
}
