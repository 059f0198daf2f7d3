import { setTimeout as sleep } from "node:timers/promises";
import type { MaybePromise } from "@latchhook/core";
import { isBusy } from "./errors.ts";

/** How long an operation waits for another connection's lock before it gives up: the sender gets 503, and retries. */
const patienceMs = 1_000;

/**
 * How long SQLite itself waits, which blocks the process: enough for a commit of another process. Anything longer is
 * waited for here, so that the process goes on answering.
 */
export const blockingWaitMs = 20;

/**
 * Calls `attempt` until the database is not busy, for at most a second. Synchronous unless it has to wait.
 *
 * @throws what `toError` makes of the last error.
 */
export function retryWhileBusy<Result>(
  attempt: () => Result,
  toError: (error: unknown) => unknown,
): MaybePromise<Result> {
  try {
    return attempt();
  } catch (error) {
    if (isBusy(error)) return retryLater(attempt, toError);
    throw toError(error);
  }
}

async function retryLater<Result>(
  attempt: () => Result,
  toError: (error: unknown) => unknown,
): Promise<Result> {
  const giveUpAt = performance.now() + patienceMs - blockingWaitMs;
  for (;;) {
    // Unequal pauses, so that several processes do not keep meeting.
    await sleep(5 + Math.random() * 20);
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= giveUpAt) throw toError(error);
    }
  }
}
