/** The longest that a timer takes; beyond it, it would fire at once. */
const longestMs = 2_147_483_647;

/** Waits, or ends early when the signal aborts. Never rejects: look at the signal afterwards. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(milliseconds, longestMs));
    signal?.addEventListener("abort", end, { once: true });
  });
}

/** `milliseconds` and up to a quarter more, so that many pollers do not call in step. Never less. */
export function withJitter(milliseconds: number): number {
  return milliseconds * (1 + Math.random() / 4);
}
