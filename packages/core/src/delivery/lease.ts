import { LatchhookError } from "../errors.ts";
import type { ReceiverLimits } from "../options.ts";
import type { Claim, Store } from "../store.ts";

export interface LeaseOptions {
  /** When the claims were asked for, by `performance.now()`: their leases began no earlier. */
  readonly claimedAt: number;
  /**
   * Whether the mark "done" is on its way. A heartbeat that crosses with it finds the claim gone: no reason to give up,
   * for the mark's own result tells.
   */
  readonly isMarking: () => boolean;
  /** Told once when the right to run is gone. */
  readonly onEnd: (reason: LatchhookError) => void;
}

/** Claims kept alive by heartbeats while the callback runs. */
export interface Lease {
  /** Aborts, with the reason, once the right to run is gone. */
  signal(): AbortSignal;
  /**
   * For the moment before the callback begins: the claim's reply may have come late, or the process stood still.
   *
   * @throws LatchhookError `lease-lost` when the lease may be over, and another process running already.
   */
  requireHeld(): void;
  /** Ends the heartbeats. The claims stay as they are. */
  release(): void;
}

/**
 * Extends the claims three times per lease. One lost heartbeat does no harm; when none has succeeded for a whole
 * lease, or the store says that a claim is lost, another process may already be running, and the signal aborts.
 *
 * After `maxRunMs` the heartbeats stop and the leases run out, so that a callback that never returns cannot lock its
 * event for ever.
 *
 * @param openClaims those that are not marked done yet: one that is cannot be lost any more.
 */
export function holdLease(
  store: Store<never>,
  openClaims: () => readonly Claim[],
  limits: Pick<ReceiverLimits, "leaseMs" | "maxRunMs">,
  options: LeaseOptions,
): Lease {
  const { leaseMs, maxRunMs } = limits;
  const { claimedAt, isMarking, onEnd } = options;
  const controller = new AbortController();
  let safeUntil = claimedAt + leaseMs;
  let beating = false;

  function end(reason: LatchhookError): void {
    clearInterval(timer);
    controller.abort(reason);
    onEnd(reason);
  }

  async function beat(): Promise<void> {
    const beatAt = performance.now();
    const held = openClaims();
    if (held.length > 0 && beatAt >= safeUntil)
      return end(leaseLost("no heartbeat reached the store for a whole lease"));
    if (beatAt - claimedAt >= maxRunMs) return end(runTimeout(maxRunMs));
    if (beating) return;
    beating = true;
    try {
      for (const claim of held) {
        if ((await store.extend(claim, leaseMs)) === "ok" || !openClaims().includes(claim)) continue;
        return isMarking() ? undefined : end(leaseLost("another request holds it"));
      }
      // Counted from before the call: the store started the new lease after that.
      safeUntil = beatAt + leaseMs;
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
