import type { CrashPoint } from "../../apps/app/src/faults/crash.ts";
import { type RunningApp, startApp } from "../../apps/app/src/start-app.ts";
import type { Place } from "./backends.ts";

/** What a test tells an app process. Times are in milliseconds. */
export interface FaultOptions {
  readonly crashAt?: CrashPoint | undefined;
  readonly leaseMs?: number | undefined;
  readonly deadlineMs?: number | undefined;
  readonly waitMs?: number | undefined;
  /** How long the callback takes before it writes. Default: 0. */
  readonly persistMs?: number | undefined;
  /** Whether the callback throws instead of writing. Default: false. */
  readonly throws?: boolean | undefined;
}

/** Processes of the Express app with a ledger, for one test file. */
export interface FaultApps {
  /** @param nodeArguments for Node.js itself, such as `--import`. */
  start(place: Place, options: FaultOptions, ...nodeArguments: readonly string[]): Promise<RunningApp>;
  /** Kills what still runs. */
  close(): Promise<void>;
}

export function faultApps(): FaultApps {
  const started = new Set<RunningApp>();
  return {
    async start(place, options, ...nodeArguments) {
      const app = await startApp("express", toEnvironment(place, options), nodeArguments);
      started.add(app);
      void app.exited().then(() => started.delete(app));
      return app;
    },
    async close() {
      await Promise.all([...started].map((app) => app.kill()));
    },
  };
}

function toEnvironment({ store, tables, redisPrefix }: Place, options: FaultOptions): Record<string, string> {
  const variables: Record<string, string | number | undefined> = {
    STORE_URL: store,
    APP_DB: tables,
    REDIS_PREFIX: redisPrefix,
    LEDGER: 1,
    PERSIST_IGNORES_SIGNAL: 1,
    CRASH_AT: options.crashAt,
    LEASE_MS: options.leaseMs,
    DEADLINE_MS: options.deadlineMs,
    WAIT_MS: options.waitMs,
    PERSIST_DELAY_MS: options.persistMs,
    // It exists for as long as the process does.
    PERSIST_FAILS_WHILE: options.throws === true ? process.execPath : undefined,
  };
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  );
}
