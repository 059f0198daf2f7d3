import { isLatchhookError, LatchhookError } from "../errors.ts";
import { isPromiseLike } from "../shared/maybe-promise.ts";
import type { Store } from "../store.ts";
import type { Held } from "./held.ts";

/** One delivery's way to `store.commit`. */
export interface Commit {
  readonly run: <Result>(work: (transaction: never) => Result) => Promise<Awaited<Result>>;
  /**
   * For when the callback has ended: waits for a commit that it started, awaited or not, and rejects if it failed. A
   * commit that is called later is refused: the delivery is marked done, or given back, without it.
   */
  settle(): Promise<void>;
}

/** Lets the callback commit its writes together with the mark "done", once. */
export function createCommit(store: Store<never>, held: Held): Commit {
  const started: Promise<unknown>[] = [];
  let running = false;
  let committed = false;
  let ended = false;

  async function commit<Result>(work: (transaction: never) => Result): Promise<Awaited<Result>> {
    if (store.commit === undefined) {
      throw new LatchhookError(
        "commit-unsupported",
        `The ${store.name} store has no transactions. Use sqliteStore or postgresStore, or write without commit.`,
      );
    }
    if (ended) {
      throw new LatchhookError(
        "commit-misused",
        "commit was called after persist had ended, and wrote nothing. Call it within persist, and await it.",
      );
    }
    // A store lets the same owner complete twice, so that a second commit would keep its writes too.
    if (committed || running) {
      const state = committed ? "is already committed" : "is being committed";
      throw new LatchhookError(
        "commit-misused",
        `This delivery ${state}. Call commit once, and not within itself.`,
      );
    }
    const tracked = trackWork(work);
    let update: "ok" | "lost";
    running = true;
    try {
      update = await held.commit(tracked.run);
    } catch (error) {
      throw tracked.failure === undefined ? toStoreError(store, error) : tracked.failure.error;
    } finally {
      running = false;
    }
    if (update === "lost") {
      throw new LatchhookError(
        "lease-lost",
        "Another request has taken this delivery over; nothing was written.",
      );
    }
    committed = true;
    return tracked.result as Awaited<Result>;
  }

  return {
    run(work) {
      const result = commit(work);
      // Settled in any case by `settle`; a callback that does not await it must not end the process.
      result.catch(() => {});
      started.push(result);
      return result;
    },
    async settle() {
      ended = true;
      if (started.length === 0) return;
      await Promise.allSettled(started);
      await started.at(-1);
    },
  };
}

function toStoreError(store: Store<never>, error: unknown): unknown {
  if (isLatchhookError(error) && error.code === "commit-misused") return error;
  return new LatchhookError("store-unavailable", `The ${store.name} store could not commit.`, {
    cause: error,
  });
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
    let value: unknown;
    try {
      value = work(transaction);
    } catch (error) {
      return fail(error);
    }
    if (!isPromiseLike(value)) return succeed(value);
    // Awaited once and no more: the thenable of a query builder runs its query at each `then`.
    const settled = Promise.resolve(value).then(succeed, fail);
    settled.catch(() => {});
    return settled;
  }
  return tracked;
}
