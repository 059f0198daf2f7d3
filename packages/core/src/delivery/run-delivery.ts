import type { Delivery } from "../delivery.ts";
import { isLatchhookError } from "../errors.ts";
import type { WebhookEvent } from "../event.ts";
import type { ReceiverLimits } from "../options.ts";
import type { OutcomeCode } from "../outcome.ts";
import type { Reading } from "../provider.ts";
import { applySchema, type StandardSchema } from "../reading/schema.ts";
import type { HeaderSource } from "../request/headers.ts";
import type { Claim, Store } from "../store.ts";
import { type Acquired, completeClaim, releaseClaims } from "./claims.ts";
import { type Commit, createCommit } from "./commit.ts";
import { holdLease, type Lease } from "./lease.ts";
import { RunningDelivery } from "./running-delivery.ts";

/** A delivery that has been verified, read and claimed. */
export interface ClaimedDelivery {
  readonly acquired: Acquired;
  readonly reading: Reading;
  readonly event: WebhookEvent;
  readonly headers: HeaderSource;
  readonly body: Uint8Array;
  readonly receivedAt: number;
  /** The sender's attempts by its delivery policy, where the delivery itself does not say. */
  readonly policyMaxAttempts: number | null;
}

export interface RunOptions {
  readonly store: Store<never>;
  readonly limits: ReceiverLimits;
  readonly schema: StandardSchema | undefined;
  readonly persist: (event: never, delivery: Delivery<never>) => unknown;
}

export interface RunResult {
  readonly code: OutcomeCode;
  readonly error?: unknown;
}

/**
 * Runs the callback under its lease and marks the delivery done. Resolves when the callback has ended; where the lease
 * is lost before that, `onLeaseLost` is told at once, and what the callback does then is fenced off.
 */
export async function runDelivery(
  delivery: ClaimedDelivery,
  options: RunOptions,
  onLeaseLost: (result: RunResult) => void,
): Promise<RunResult> {
  const { store, limits } = options;
  const { claims, claimedAt } = delivery.acquired;
  const main = claims[0];
  const retainMs = delivery.reading.undated ? Number.POSITIVE_INFINITY : limits.retainMs;
  const commit = createCommit(store, main, retainMs);
  const openClaims = (): readonly Claim[] => (commit.isCommitted() ? claims.slice(1) : claims);
  let completing = false;
  const lease = holdLease(store, openClaims, limits, {
    claimedAt,
    isMarking: () => completing || commit.isRunning(),
    onEnd: (error) => onLeaseLost({ code: "lease-lost", error }),
  });
  try {
    await persist(delivery, options, lease, commit);
    completing = true;
    return await complete(store, openClaims(), retainMs);
  } catch (error) {
    await releaseClaims(store, openClaims());
    return persistFailure(error);
  } finally {
    lease.release();
  }
}

/** Runs the callback, and waits for what it began to commit. Rejects with what either threw. */
async function persist(
  delivery: ClaimedDelivery,
  options: RunOptions,
  lease: Lease,
  commit: Commit,
): Promise<void> {
  try {
    const { schema } = options;
    const event = schema === undefined ? delivery.event : await applySchema(delivery.event, schema);
    lease.requireHeld();
    await options.persist(event as never, new RunningDelivery(delivery, lease, commit));
  } catch (error) {
    // A commit that the callback left running decides which claims are still to be given back.
    await commit.settle().catch(() => {});
    throw error;
  }
  await commit.settle();
}

/** The callback's own error is ours to report as 500; the store's and the lease's, which it passes on, are 503. */
function persistFailure(error: unknown): RunResult {
  const code = isLatchhookError(error) ? error.code : undefined;
  return { code: code === "store-unavailable" || code === "lease-lost" ? code : "persist-failed", error };
}

async function complete(store: Store<never>, claims: readonly Claim[], retainMs: number): Promise<RunResult> {
  try {
    for (const claim of claims) {
      if ((await completeClaim(store, claim, retainMs)) === "lost") return { code: "lease-lost" };
    }
    return { code: "processed" };
  } catch (error) {
    return { code: "store-unavailable", error };
  }
}
