import type { ReceiverLimits } from "../options.ts";
import type { Claim, ClaimUpdate, Store } from "../store.ts";

/** What a request holds once it may run the callback. */
export interface Acquired {
  readonly state: "claimed";
  /** The delivery's own claim first; after it the signature's, where the identity rests on an unsigned header. */
  readonly claims: readonly [Claim, ...Claim[]];
  /** How many times the delivery has been claimed, this one included. */
  readonly attempt: number;
  /** When the claims were asked for, by `performance.now()`. */
  readonly claimedAt: number;
}

export type Acquisition =
  | Acquired
  | { readonly state: "completed" }
  | { readonly state: "in-flight"; readonly retryAfterMs: number };

type AnyStore = Store<never>;

/** Claims all keys or none: what was won before a refusal is given back. */
async function acquire(
  store: AnyStore,
  keys: readonly [string, ...string[]],
  limits: ReceiverLimits,
): Promise<Acquisition> {
  const owner = crypto.randomUUID();
  const claimedAt = performance.now();
  const claims: Claim[] = [];
  let attempt = 0;
  try {
    for (const key of keys) {
      const result = await store.claim(key, { owner, leaseMs: limits.leaseMs, retainMs: limits.retainMs });
      if (result.state !== "claimed") {
        await releaseClaims(store, claims);
        // The delivery is done: its other signatures must not start it again under another header either.
        const isMain = key === keys[0];
        if (isMain && result.state === "completed") await sealAll(store, keys.slice(1), owner, limits);
        return result;
      }
      claims.push({ key, owner, fence: result.fence });
      attempt ||= result.attempt;
    }
  } catch (error) {
    await releaseClaims(store, claims);
    throw error;
  }
  return { state: "claimed", claims: claims as [Claim, ...Claim[]], attempt, claimedAt };
}

async function sealAll(
  store: AnyStore,
  keys: readonly string[],
  owner: string,
  limits: ReceiverLimits,
): Promise<void> {
  for (const key of keys) {
    const result = await store.claim(key, { owner, leaseMs: limits.leaseMs, retainMs: limits.retainMs });
    if (result.state === "claimed") {
      await store.complete({ key, owner, fence: result.fence }, { retainMs: limits.retainMs });
    }
  }
}

/**
 * Claims the keys, waiting up to `waitMs` while another request holds them: most duplicates arrive while the first is
 * still running, and a short wait turns their 503 into a 200.
 */
export async function acquireWithin(
  store: AnyStore,
  keys: readonly [string, ...string[]],
  limits: ReceiverLimits,
  waitMs: number,
): Promise<Acquisition> {
  const end = performance.now() + waitMs;
  for (let pauseMs = 25; ; pauseMs = Math.min(pauseMs * 2, 250)) {
    const acquisition = await acquire(store, keys, limits);
    const leftMs = end - performance.now();
    if (acquisition.state !== "in-flight" || leftMs <= 0) return acquisition;
    await sleep(Math.min(pauseMs, leftMs));
  }
}

/** Pauses before completing is tried again: the callback has run, and a lost mark would make it run twice. */
const completeRetryPausesMs = [100, 400];

/** Completes a claim. Repeating is safe, so a store that fails for a moment is asked again. */
export async function completeClaim(store: AnyStore, claim: Claim, retainMs: number): Promise<ClaimUpdate> {
  for (const pauseMs of completeRetryPausesMs) {
    try {
      return await store.complete(claim, { retainMs });
    } catch {
      await sleep(pauseMs);
    }
  }
  return store.complete(claim, { retainMs });
}

/** Gives claims back so that the next attempt runs at once. A failure here costs only time: the leases run out. */
export async function releaseClaims(store: AnyStore, claims: readonly Claim[]): Promise<void> {
  for (const claim of claims) {
    try {
      await store.fail(claim);
    } catch {
      return;
    }
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
