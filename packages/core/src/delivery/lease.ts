import { LatchhookError } from "../errors.ts";
import type { ReceiverLimits } from "../options.ts";
import type { Held } from "./held.ts";

/** A held delivery, kept so by heartbeats while the callback runs. */
export interface Lease {
  /** Aborts, with the reason, once the right to run is gone. */
  signal(): AbortSignal;
  /**
   * For the moment before the callback begins: the claim's reply may have come late, or the process stood still.
   *
   * @throws LatchhookError `lease-lost` when the lease may be over, and another process running already.
   */
  requireHeld(): void;
  /** Ends the heartbeats. The delivery stays as it is. */
  release(): void;
}

/**
 * Extends the lease three times before it ends. One lost heartbeat does no harm; when none has succeeded for a whole
 * lease, or the store says that another request holds the delivery, that one may already be running, and the signal
 * aborts.
 *
 * After `maxRunMs` the heartbeats stop and the lease runs out, so that a callback that never returns cannot lock its
 * event for ever.
 *
 * @param onEnd told once when the right to run is gone.
 */
export function holdLease(
  held: Held,
  { leaseMs, maxRunMs }: Pick<ReceiverLimits, "leaseMs" | "maxRunMs">,
  onEnd: (reason: LatchhookError) => void,
): Lease {
  const { claimedAt } = held;
  const controller = new AbortController();
  let safeUntil = claimedAt + leaseMs;
  let beating = false;

  function end(reason: LatchhookError): void {
    // A heartbeat that hung may come back after another has given up.
    if (controller.signal.aborted) return;
    clearInterval(timer);
    controller.abort(reason);
    onEnd(reason);
  }

  async function beat(): Promise<void> {
    const beatAt = performance.now();
    if (!held.isOver() && !held.waitsForCommit() && beatAt >= safeUntil) {
      return end(leaseLost("no heartbeat reached the store for a whole lease"));
    }
    if (beatAt - claimedAt >= maxRunMs) return end(runTimeout(maxRunMs));
    if (beating) return;
    beating = true;
    try {
      // Counted from before the call: the store started the new lease after that.
      if ((await held.extend()) === "ok") safeUntil = beatAt + leaseMs;
      else if (!held.isMarking()) end(leaseLost("another request holds it"));
    } catch {
      // Tried again at the next beat, as long as the lease lasts.
    } finally {
      beating = false;
    }
  }

  const timer = setInterval(() => void beat(), Math.min(leaseMs, maxRunMs) / 3);
  return {
    // A signal costs more than all the rest of a lease, and few callbacks look at it.
    signal: () => controller.signal,
    requireHeld() {
      if (performance.now() >= safeUntil) throw leaseLost("it was over before the callback could begin");
    },
    release: () => clearInterval(timer),
  };
}

function leaseLost(why: string): LatchhookError {
  return new LatchhookError(
    "lease-lost",
    `The lease on this delivery is lost: ${why}. Stop; the next attempt runs it.`,
  );
}

function runTimeout(maxRunMs: number): LatchhookError {
  return new LatchhookError(
    "run-timeout",
    `persist ran longer than maxRunMs (${maxRunMs} ms). Stop; the next attempt runs it.`,
  );
}
