import type { MakeRecord, Recording } from "../inbox/recording.ts";
import type { ReceiverLimits } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import type { Trusted } from "../reading/trust.ts";
import { sleep } from "../shared/sleep.ts";
import type { Claim, ClaimUpdate, RetainOptions, Store } from "../store.ts";

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
  readonly #recording: Recording | undefined;
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
    recording?: Recording,
  ) {
    this.trusted = trusted;
    this.claimAttempt = claim.attempt;
    this.claimedAt = claim.claimedAt;
    this.#store = store;
    this.#limits = limits;
    this.#retainMs = retention(trusted, limits);
    this.#open = claims;
    this.#recording = recording;
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
    const recorded = this.#isMarked() ? undefined : this.#recording?.success();
    const record = recorded && (await recorded);
    this.#marking = true;
    for (const claim of this.#open) {
      const isMain = claim.key === this.trusted.key;
      if ((await this.#completeClaim(claim, isMain ? record : undefined)) === "lost") return "lost";
      if (isMain) this.#recording?.wrote("processed");
    }
    this.#open = [];
    return "ok";
  }

  /**
   * Gives the delivery back, so that the next attempt runs at once. A failure here costs only time: the lease runs
   * out.
   *
   * @param outcome why; the inbox keeps it together with the giving back.
   */
  async fail(outcome?: Outcome): Promise<void> {
    const claims = this.#open;
    const recording = this.#isMarked() ? undefined : this.#recording;
    const recorded = outcome && recording?.failure(outcome);
    const record = recorded && (await recorded);
    // Before the store is asked: a heartbeat that crosses with it finds nothing that could be lost.
    this.#open = [];
    const given = await giveBack(this.#store, claims, record);
    if (given === "ok" && outcome !== undefined) recording?.wrote(outcome.code);
  }

  /** Runs `work` and marks the delivery done in one transaction of the store's. */
  async commit(work: (transaction: never) => unknown): Promise<ClaimUpdate> {
    const main = this.#open[0] as Claim;
    const recorded = this.#recording?.success();
    const record = recorded && (await recorded);
    this.#marking = true;
    this.#committing = true;
    try {
      const update = (await this.#store.commit?.(main, this.#retention(record), work)) ?? "lost";
      if (update !== "ok") return update;
      this.#open = this.#open.slice(1);
      this.#recording?.wrote("processed");
      return update;
    } finally {
      this.#marking = false;
      this.#committing = false;
    }
  }

  /** Whether the delivery's own claim is done already, by a commit. */
  #isMarked(): boolean {
    return this.#open[0]?.key !== this.trusted.key;
  }

  async #completeClaim(claim: Claim, record: MakeRecord | undefined): Promise<ClaimUpdate> {
    for (const pauseMs of completeRetryPausesMs) {
      try {
        return await this.#store.complete(claim, this.#retention(record));
      } catch {
        await sleep(pauseMs);
      }
    }
    return this.#store.complete(claim, this.#retention(record));
  }

  #retention(record: MakeRecord | undefined): RetainOptions {
    const retainMs = this.#retainMs;
    return record === undefined ? { retainMs } : { retainMs, record };
  }
}

/** For how long a delivery is remembered once it is done. */
export function retention({ undated }: Trusted, { retainMs }: ReceiverLimits): number {
  return undated ? Number.POSITIVE_INFINITY : retainMs;
}

/**
 * Gives claims back, as far as the store can be reached. Returns what the store said of the first.
 *
 * @param record what the inbox keeps of the first.
 */
export async function giveBack(
  store: AnyStore,
  claims: readonly Claim[],
  record?: MakeRecord,
): Promise<ClaimUpdate | undefined> {
  let first: ClaimUpdate | undefined;
  for (const claim of claims) {
    try {
      const isFirst = claim === claims[0];
      const update = await (isFirst && record !== undefined
        ? store.fail(claim, { record })
        : store.fail(claim));
      if (isFirst) first = update;
    } catch {
      break;
    }
  }
  return first;
}
