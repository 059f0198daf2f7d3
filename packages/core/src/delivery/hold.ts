import type { Recording } from "../inbox/recording.ts";
import type { ReceiverLimits } from "../options.ts";
import type { Trusted } from "../reading/trust.ts";
import { sleep } from "../shared/sleep.ts";
import type { Claim, ClaimResult, Store } from "../store.ts";
import { giveBack, Held } from "./held.ts";

type AnyStore = Store<never>;

/** A delivery that may run now, or why it may not. */
export type Holding = Held | Exclude<ClaimResult, { readonly state: "claimed" }>;

/**
 * Claims a delivery, waiting up to `waitMs` while another request holds it: most duplicates arrive while the first is
 * still running, and a short wait turns their 503 into a 200.
 */
export async function hold(
  store: AnyStore,
  trusted: Trusted,
  limits: ReceiverLimits,
  waitMs: number,
  recording?: Recording,
): Promise<Holding> {
  const end = performance.now() + waitMs;
  // Only at first: what another request has done since is not to be done again.
  let reopens = trusted.replay?.forced === true;
  for (let pauseMs = 25; ; pauseMs = Math.min(pauseMs * 2, 250)) {
    const holding = await claimOnce(store, trusted, limits, reopens, recording);
    if (holding instanceof Held || holding.state !== "in-flight") return holding;
    const leftMs = end - performance.now();
    if (leftMs <= 0) return holding;
    await sleep(Math.min(pauseMs, leftMs));
    reopens = false;
  }
}

/** Claims the delivery's key, then the signature's where there is one: both or none. */
async function claimOnce(
  store: AnyStore,
  trusted: Trusted,
  limits: ReceiverLimits,
  reopens: boolean,
  recording: Recording | undefined,
): Promise<Holding> {
  const { key, replayKey } = trusted;
  const { leaseMs, retainMs } = limits;
  const owner = crypto.randomUUID();
  const claimedAt = performance.now();
  const options = { owner, leaseMs, retainMs };
  const reopened = reopens ? store.reopen?.(key, options) : undefined;
  const main = await (reopened ?? store.claim(key, options));
  if (main.state !== "claimed") {
    // The delivery is done: its other signatures must not start it again under another header either.
    if (replayKey !== null && main.state === "completed") await seal(store, replayKey, owner, limits);
    return main;
  }
  const { attempt } = main;
  const claims: Claim[] = [{ key, owner, fence: main.fence }];
  if (replayKey !== null) {
    const replay = await claimOrGiveBack(store, replayKey, options, claims, trusted);
    if (replay.state === "claimed") claims.push({ key: replayKey, owner, fence: replay.fence });
    else if (!isSealed(replay, trusted)) return replay;
  }
  return new Held(store, trusted, limits, claims, { attempt, claimedAt }, recording);
}

/**
 * Whether a signature's key needs no claim. It is done once the delivery is, and must not keep a replay from running
 * that somebody asked for. One that is forced may have reopened the delivery, which is not to be left open.
 */
function isSealed({ state }: ClaimResult, { replay }: Trusted): boolean {
  return replay !== null && (state === "completed" || replay.forced);
}

/** Claims one key more; what was won before a refusal or an error is given back. */
async function claimOrGiveBack(
  store: AnyStore,
  key: string,
  options: { readonly owner: string; readonly leaseMs: number; readonly retainMs: number },
  won: readonly Claim[],
  trusted: Trusted,
): Promise<ClaimResult> {
  try {
    const result = await store.claim(key, options);
    if (result.state !== "claimed" && !isSealed(result, trusted)) await giveBack(store, won);
    return result;
  } catch (error) {
    await giveBack(store, won);
    throw error;
  }
}

/** Marks a key done without running anything. */
async function seal(
  store: AnyStore,
  key: string,
  owner: string,
  { leaseMs, retainMs }: ReceiverLimits,
): Promise<void> {
  const result = await store.claim(key, { owner, leaseMs, retainMs });
  if (result.state === "claimed") {
    await store.complete({ key, owner, fence: result.fence }, { retainMs });
  }
}
