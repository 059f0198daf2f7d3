import { type Acquired, completeClaim, releaseClaims } from "./claims.ts";
import type { Delivery } from "./delivery.ts";
import { isLatchhookError, LatchhookError } from "./errors.ts";
import type { WebhookEvent } from "./event.ts";
import { type HeaderSource, toHeaders } from "./headers.ts";
import { holdLease, type Lease } from "./lease.ts";
import { isPromiseLike } from "./maybe-promise.ts";
import type { ReceiverLimits } from "./options.ts";
import type { OutcomeCode } from "./outcome.ts";
import type { Reading } from "./provider.ts";
import { applySchema, type StandardSchema } from "./schema.ts";
import type { Claim, Store } from "./store.ts";

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

/** Whether the delivery was committed together with the user's writes, or the store failed while it tried. */
interface CommitState {
  committed: boolean;
  storeError: unknown;
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
  const lease = holdLease(options.store, delivery.acquired.claims, options.limits);
  lease.signal.addEventListener("abort", () =>
    onLeaseLost({ code: "lease-lost", error: lease.signal.reason }),
  );
  try {
    return await persistAndComplete(delivery, options, lease);
  } finally {
    lease.release();
  }
}

async function persistAndComplete(
  delivery: ClaimedDelivery,
  options: RunOptions,
  lease: Lease,
): Promise<RunResult> {
  const { store, limits } = options;
  const [main, ...others] = delivery.acquired.claims;
  const retainMs = delivery.reading.undated ? Number.POSITIVE_INFINITY : limits.retainMs;
  const commit: CommitState = { committed: false, storeError: undefined };
  try {
    const event = await applySchema(delivery.event, options.schema);
    await options.persist(event as never, toDelivery(delivery, store, lease, commit, retainMs));
  } catch (error) {
    await releaseClaims(store, commit.committed ? others : [main, ...others]);
    return persistFailure(error, commit);
  }
  return complete(store, commit.committed ? others : [main, ...others], retainMs);
}

function persistFailure(error: unknown, commit: CommitState): RunResult {
  if (commit.storeError !== undefined) return { code: "store-unavailable", error: commit.storeError };
  if (isLatchhookError(error) && error.code === "lease-lost") return { code: "lease-lost", error };
  return { code: "persist-failed", error };
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

function toDelivery(
  { acquired, reading, headers, body, receivedAt, policyMaxAttempts }: ClaimedDelivery,
  store: Store<never>,
  lease: Lease,
  commit: CommitState,
  retainMs: number,
): Delivery<never> {
  const [main] = acquired.claims;
  const attempt = reading.attempt ?? acquired.attempt;
  const maxAttempts = reading.maxAttempts ?? policyMaxAttempts;
  return {
    key: main.key,
    attempt,
    maxAttempts,
    lastAttempt: maxAttempts !== null && attempt >= maxAttempts,
    receivedAt: new Date(receivedAt),
    get headers() {
      return toHeaders(headers);
    },
    rawBody: body,
    signal: lease.signal,
    commit: (work) => commitOnce(store, main, retainMs, commit, work),
  };
}

async function commitOnce<Result>(
  store: Store<never>,
  claim: Claim,
  retainMs: number,
  state: CommitState,
  work: (transaction: never) => Result,
): Promise<Awaited<Result>> {
  if (store.commit === undefined) {
    throw new LatchhookError(
      "commit-unsupported",
      `The ${store.name} store has no transactions. Use sqliteStore or postgresStore, or write without commit.`,
    );
  }
  if (state.committed)
    throw new LatchhookError("commit-misused", "This delivery is already committed. Call commit once.");
  const tracked = trackWork(work);
  state.storeError = undefined;
  const update = await Promise.resolve()
    .then(() => store.commit?.(claim, { retainMs }, tracked.run))
    .catch((error: unknown) => {
      if (tracked.failure !== undefined) throw tracked.failure.error;
      if (isLatchhookError(error) && error.code === "commit-misused") throw error;
      state.storeError = error;
      throw new LatchhookError("store-unavailable", `The ${store.name} store could not commit.`, {
        cause: error,
      });
    });
  if (update !== "ok") {
    throw new LatchhookError(
      "lease-lost",
      "Another request has taken this delivery over; nothing was written.",
    );
  }
  state.committed = true;
  return tracked.result as Awaited<Result>;
}

interface TrackedWork {
  readonly run: (transaction: never) => unknown;
  result: unknown;
  /** What the work itself threw, to be told from what the store threw. */
  failure: { readonly error: unknown } | undefined;
}

/** Remembers how the user's work ended. The store may run it a second time, after a serialization failure. */
function trackWork(work: (transaction: never) => unknown): TrackedWork {
  const tracked: TrackedWork = { run, result: undefined, failure: undefined };
  function fail(error: unknown): never {
    tracked.failure = { error };
    throw error;
  }
  function succeed(result: unknown): unknown {
    tracked.result = result;
    return result;
  }
  function run(transaction: never): unknown {
    tracked.failure = undefined;
    try {
      const value = work(transaction);
      if (!isPromiseLike(value)) return succeed(value);
      // Awaited once and no more: the thenable of a query builder runs its query at each `then`.
      const settled = Promise.resolve(value).then(succeed, fail);
      settled.catch(() => {});
      return settled;
    } catch (error) {
      return fail(error);
    }
  }
  return tracked;
}
