import { readNumber } from "../read-number.ts";
import { type CrashPoint, crashPoints } from "./crash.ts";

/** What fault tests tell the app. Whoever runs it by hand sets nothing of it. */
export interface FaultSettings {
  /** `CRASH_AT`: where the process kills itself. */
  readonly crashAt: CrashPoint | undefined;
  /** `LEDGER=1`: each start and each completion is noted down beside the events. */
  readonly keepsLedger: boolean;
  /** `PERSIST_IGNORES_SIGNAL=1`: the callback goes on when its lease is lost, as one that asks nothing does. */
  readonly ignoresSignal: boolean;
  /** `REDIS_PREFIX`: what keys in Redis begin with. Default: the store's. */
  readonly redisPrefix: string | undefined;
  /** `LEASE_MS`, `DEADLINE_MS`, `WAIT_MS`. Default: the receiver's. */
  readonly limits: {
    readonly leaseMs: number | undefined;
    readonly deadlineMs: number | undefined;
    readonly waitMs: number | undefined;
  };
}

/** @throws Error that names the variable and what it may be. */
export function readFaultSettings(environment: NodeJS.ProcessEnv): FaultSettings {
  const flag = (name: string) => readNumber(environment, name, 0, { most: 1 }) === 1;
  const limit = (name: string) =>
    environment[name] ? readNumber(environment, name, 0, { most: 3_600_000 }) : undefined;
  return {
    crashAt: readCrashPoint(environment.CRASH_AT),
    keepsLedger: flag("LEDGER"),
    ignoresSignal: flag("PERSIST_IGNORES_SIGNAL"),
    redisPrefix: environment.REDIS_PREFIX || undefined,
    limits: { leaseMs: limit("LEASE_MS"), deadlineMs: limit("DEADLINE_MS"), waitMs: limit("WAIT_MS") },
  };
}

function readCrashPoint(text: string | undefined): CrashPoint | undefined {
  if (!text) return undefined;
  const point = crashPoints.find((one) => one === text);
  if (point === undefined) throw new Error(`CRASH_AT must be one of ${crashPoints.join(", ")}.`);
  return point;
}
