import { isLatchhookError } from "../errors.ts";
import { type ObserveStep, type Step, unobserved } from "../observers/instruments.ts";
import type { AnyReceiverOptions, ReceiverLimits } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { applySchema } from "../reading/schema.ts";
import type { Trusted } from "../reading/trust.ts";
import type { ClaimUpdate } from "../store.ts";
import { createCommit } from "./commit.ts";
import { Held } from "./held.ts";
import { type Holding, hold } from "./hold.ts";
import { holdLease, type Lease } from "./lease.ts";
import type { Passage } from "./passage.ts";
import type { RunStrategy } from "./run-strategy.ts";
import { RunningDelivery } from "./running-delivery.ts";

/** What a delivery is run in. */
interface Steps {
  readonly claim: Step<readonly [trusted: Trusted], Holding>;
  readonly persist: Step<readonly [held: Held, lease: Lease], void>;
  readonly complete: Step<readonly [held: Held], ClaimUpdate>;
}

type LeasedOptions = Pick<AnyReceiverOptions, "store" | "schema" | "persist">;

/**
 * Runs `persist` under a lease: the delivery is claimed, heartbeats keep it while the callback runs, and it is marked
 * done, or given back, at the end. What a callback does after its lease is fenced off.
 *
 * @param observeStep decides, once, whether instruments see the steps.
 */
export function runLeased(
  options: LeasedOptions,
  limits: ReceiverLimits,
  observeStep: ObserveStep = unobserved,
): RunStrategy {
  const steps: Steps = {
    claim: observeStep("claim", (passage, trusted: Trusted) => {
      const waitMs = Math.min(limits.waitMs, passage.leftMs());
      return hold(options.store, trusted, limits, waitMs, passage.recording());
    }),
    persist: observeStep("persist", (_passage, held: Held, lease: Lease) => persist(held, options, lease)),
    complete: observeStep("complete", (_passage, held: Held) => held.complete()),
  };
  return async function leased(trusted, passage, onLost) {
    let holding: Holding;
    try {
      holding = await steps.claim(passage, trusted);
    } catch (error) {
      const full = isLatchhookError(error) && error.code === "store-full";
      return passage.outcome(full ? "store-full" : "store-unavailable", { error });
    }
    if (holding instanceof Held) return runHeld(holding, steps, limits, passage, onLost);
    if (holding.state === "completed") return passage.outcome("duplicate");
    return passage.outcome("in-flight", { retryAfterMs: holding.retryAfterMs });
  };
}

async function runHeld(
  held: Held,
  steps: Steps,
  limits: ReceiverLimits,
  passage: Passage,
  onLost: (outcome: Outcome) => void,
): Promise<Outcome> {
  passage.claimed(held.claimAttempt);
  const lease = holdLease(held, limits, (error) => onLost(passage.outcome("lease-lost", { error })));
  try {
    await steps.persist(passage, held, lease);
    return await complete(held, steps, passage);
  } catch (error) {
    const outcome = passage.outcome(failureCode(error), { error });
    await held.fail(outcome);
    return outcome;
  } finally {
    lease.release();
  }
}

/** Runs the callback, and waits for what it began to commit. Rejects with what either threw. */
async function persist(held: Held, options: LeasedOptions, lease: Lease): Promise<void> {
  const { store, schema } = options;
  const { event } = held.trusted;
  const commit = createCommit(store, held);
  try {
    const shown = schema === undefined ? event : await applySchema(event, schema);
    lease.requireHeld();
    await options.persist(shown as never, new RunningDelivery(held, lease, commit));
  } catch (error) {
    // A commit that the callback left running decides what is still to be given back.
    await commit.settle().catch(() => {});
    throw error;
  }
  await commit.settle();
}

async function complete(held: Held, steps: Steps, passage: Passage): Promise<Outcome> {
  try {
    const update = await steps.complete(passage, held);
    return passage.outcome(update === "ok" ? "processed" : "lease-lost");
  } catch (error) {
    return passage.outcome("store-unavailable", { error });
  }
}

/** The callback's own error is ours to report as 500; the store's and the lease's, which it passes on, are 503. */
function failureCode(error: unknown): "store-unavailable" | "lease-lost" | "persist-failed" {
  const code = isLatchhookError(error) ? error.code : undefined;
  return code === "store-unavailable" || code === "lease-lost" ? code : "persist-failed";
}
