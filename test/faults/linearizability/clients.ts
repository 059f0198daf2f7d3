import { createHash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "@latchhook/core";
import { monotonicMs } from "../../apps/app/src/monotonic-ms.ts";
import { type Random, seededRandom } from "../support/random.ts";
import { type Operation, type Recorder, recordOperations } from "./history.ts";

/** Clients that work on few keys at once, so that they meet. */
export interface Load {
  /** What the keys are made from. */
  readonly name: string;
  readonly seed: number;
  readonly clients: number;
  /** By {@link monotonicMs}, for all processes alike. */
  readonly from: number;
  readonly until: number;
}

/** Keys are replaced by new ones after a while, for one that is completed has no more to tell. */
const keyLifeMs = 150;
const keysAtOnce = 2;

const shortestLeaseMs = 5;
const longestLeaseMs = 40;

/** Lets clients claim, extend, complete, fail and give up, often too late. Returns all that they saw. */
export async function runClients(store: Store<never>, load: Load): Promise<readonly Operation[]> {
  const recorder = recordOperations(store);
  const clients = Array.from({ length: load.clients }, (_, index) =>
    runClient(recorder, load, seededRandom(load.seed * 1_000 + index)),
  );
  await Promise.all(clients);
  return recorder.operations;
}

async function runClient(recorder: Recorder, load: Load, random: Random): Promise<void> {
  await sleep(Math.max(0, load.from - monotonicMs()));
  while (monotonicMs() < load.until) {
    const key = chooseKey(load, random);
    const owner = randomUUID();
    const leaseMs = random.between(shortestLeaseMs, longestLeaseMs);
    const result = await recorder.claim(key, owner, leaseMs);
    if (result.state === "claimed") await hold(recorder, { key, owner, fence: result.fence }, random);
    else await sleep(random.between(0, 4));
  }
}

function chooseKey({ name, from }: Load, random: Random): string {
  const generation = Math.floor((monotonicMs() - from) / keyLifeMs);
  const text = `${name} ${generation} ${random.between(1, keysAtOnce)}`;
  return createHash("sha256").update(text).digest("hex");
}

/** Works under a claim, sometimes for longer than its lease. */
async function hold(recorder: Recorder, claim: Parameters<Recorder["extend"]>[0], random: Random) {
  for (let round = random.between(0, 2); round > 0; round--) {
    await sleep(random.between(0, longestLeaseMs));
    if (random.chance(0.5)) await recorder.extend(claim, random.between(shortestLeaseMs, longestLeaseMs));
  }
  if (random.chance(0.2)) await recorder.end(claim, "complete");
  else if (random.chance(0.6)) await recorder.end(claim, "fail");
}
