/** What has begun and not ended, for a shutdown that waits for it. */
export interface InFlight {
  /** Counts something in. Returns what counts it out, once. */
  begin(): () => void;
  /** Resolves once nothing is in flight. */
  ended(): Promise<void>;
}

/** Counts, for a set of promises would cost each delivery several more. */
export function trackInFlight(): InFlight {
  let count = 0;
  let waiting: (() => void)[] = [];

  function end(): void {
    count--;
    if (count > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  }

  return {
    begin() {
      let open = true;
      count++;
      return () => {
        if (open) end();
        open = false;
      };
    },
    async ended() {
      while (count > 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}
