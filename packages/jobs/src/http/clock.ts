/** A deadline and the caller's own signal, as one signal for fetch. */
export interface Clock {
  readonly signal: AbortSignal;
  /** Whether the deadline has passed. */
  readonly timedOut: () => boolean;
  /** Lifts the deadline; the caller's signal goes on. */
  readonly stop: () => void;
  /** Ends the call now. */
  readonly abort: () => void;
  /** Lets go of timer and listener. */
  readonly release: () => void;
}

export function startClock(timeoutMs: number, signal: AbortSignal | undefined): Clock {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  let expired = false;
  const timer = setTimeout(() => {
    expired = true;
    abort();
  }, timeoutMs);
  const stop = (): void => clearTimeout(timer);
  if (signal?.aborted === true) abort();
  signal?.addEventListener("abort", abort, { once: true });
  return {
    signal: controller.signal,
    timedOut: () => expired,
    stop,
    abort,
    release() {
      stop();
      signal?.removeEventListener("abort", abort);
    },
  };
}
