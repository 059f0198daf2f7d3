/** How long a run waits for those before it. After that it goes ahead: waiting must not become a deadlock. */
const patienceMs = 30_000;

/** Runs a few at a time, in the order in which they came. */
export type Limiter = <Result>(run: () => Promise<Result>) => Promise<Result>;

/** Lets `limit` runs go at once; the others wait for an end. */
export function limitConcurrency(limit: number): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;

  function turn(): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(patience);
        resolve();
      };
      const patience = setTimeout(() => {
        waiting.splice(waiting.indexOf(go), 1);
        running++;
        resolve();
      }, patienceMs);
      waiting.push(go);
    });
  }

  return async (run) => {
    if (running >= limit) await turn();
    else running++;
    try {
      return await run();
    } finally {
      // Its place goes to the next that waits, so that none that comes now can take it.
      const next = running > limit ? undefined : waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
