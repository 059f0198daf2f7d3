import type { ReceiverLimits } from "../options.ts";
import type { Trusted } from "../reading/trust.ts";
import { sleep } from "../shared/sleep.ts";
import type { Claim, ClaimUpdate, Store } from "../store.ts";

type AnyStore = Store<never>;

/** Pauses before completing is tried again: the callback has run, and a lost mark would make it run twice. */
const completeRetryPausesMs = [100, 400];

/**
 * A trusted delivery and the right to run it.
 *
 * Where its identity rests on an unsigned header, the signature's key is claimed as well, so that one captured request
 * cannot run again under another header. That is known in here alone. A class, for one is made per delivery, and
 * closures over the same state showed in the profile.
 */
export class Held {
  readonly trusted: Trusted;
  /** How many times the delivery has been claimed, this one included. */
  readonly claimAttempt: number;
  /** When it was claimed, by `performance.now()`: the lease began no earlier. */
  readonly claimedAt: number;
  readonly #store: AnyStore;
  readonly #limits: ReceiverLimits;
  readonly #retainMs: number;
  /** What is neither marked done nor given back: the delivery's own claim first. */
  #open: readonly Claim[];
  #marking = false;
  #committing = false;

  constructor(
    store: AnyStore,
    trusted: Trusted,
    limits: ReceiverLimits,
    claims: readonly Claim[],
    claim: { readonly attempt: number; readonly claimedAt: number },
  ) {
    this.trusted = trusted;
    this.claimAttempt = claim.attempt;
    this.claimedAt = claim.claimedAt;
    this.#store = store;
    this.#limits = limits;
    this.#retainMs = retention(trusted, limits);
    this.#open = claims;
  }

  /**
   * Whether the mark "done" is on its way. The mark's own result then tells whether the claim still stood, whatever a
   * heartbeat meets.
   */
  isMarking(): boolean {
    return this.#marking;
  }

  /** Whether heartbeats may be waiting behind a commit, which decides by the claim itself, however late. */
  waitsForCommit(): boolean {
    return this.#committing && this.#store.heartbeatsWaitForCommits === true;
  }

  /** Whether everything is marked done or given back: nothing can be lost any more. */
  isOver(): boolean {
    return this.#open.length === 0;
  }

  /** Lets the lease end `leaseMs` from now. `lost`: another request holds the delivery. */
  async extend(): Promise<ClaimUpdate> {
    for (const claim of this.#open) {
      const update = await this.#store.extend(claim, this.#limits.leaseMs);
      if (update === "lost" && this.#open.includes(claim)) return "lost";
    }
    return "ok";
  }

  /** Marks the delivery done. Repeating is safe, so a store that fails for a moment is asked again. */
  async complete(): Promise<ClaimUpdate> {
    this.#marking = true;
    for (const claim of this.#open) {
      if ((await this.#completeClaim(claim)) === "lost") return "lost";
    }
    this.#open = [];
    return "ok";
  }

  /**
   * Gives the delivery back, so that the next attempt runs at once. A failure here costs only time: the lease runs
   * out.
   */
  async fail(): Promise<void> {
    const claims = this.#open;
    // Before the store is asked: a heartbeat that crosses with it finds nothing that could be lost.
    this.#open = [];
    await giveBack(this.#store, claims);
  }

  /** Runs `work` and marks the delivery done in one transaction of the store's. */
  async commit(work: (transaction: never) => unknown): Promise<ClaimUpdate> {
    const main = this.#open[0] as Claim;
    this.#marking = true;
    this.#committing = true;
    try {
      const update = (await this.#store.commit?.(main, { retainMs: this.#retainMs }, work)) ?? "lost";
      if (update === "ok") this.#open = this.#open.slice(1);
      return update;
    } finally {
      this.#marking = false;
      this.#committing = false;
    }
  }

  async #completeClaim(claim: Claim): Promise<ClaimUpdate> {
    for (const pauseMs of completeRetryPausesMs) {
      try {
        return await this.#store.complete(claim, { retainMs: this.#retainMs });
      } catch {
        await sleep(pauseMs);
      }
    }
    return this.#store.complete(claim, { retainMs: this.#retainMs });
  }
}

/** For how long a delivery is remembered once it is done. */
export function retention({ undated }: Trusted, { retainMs }: ReceiverLimits): number {
  return undated ? Number.POSITIVE_INFINITY : retainMs;
}

/** Gives claims back, as far as the store can be reached. */
export async function giveBack(store: AnyStore, claims: readonly Claim[]): Promise<void> {
  for (const claim of claims) {
    try {
      await store.fail(claim);
    } catch {
      return;
    }
  }
}
