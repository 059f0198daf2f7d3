import { LatchhookError } from "../errors.ts";
import type {
  Claim,
  ClaimOptions,
  ClaimResult,
  ClaimUpdate,
  FailOptions,
  RetainOptions,
  Store,
} from "../store.ts";
import { createMemoryInbox, type MemoryInbox } from "./memory/memory-inbox.ts";
import { createRepeats } from "./repeats.ts";
import { sweeper } from "./sweeper.ts";

export interface MemoryStoreOptions {
  /**
   * How many deliveries are remembered, at about 110 bytes each. Nothing is forgotten before its retention is over:
   * a full store refuses new deliveries (503) instead. Default: 1,000,000; at most 16,000,000.
   */
  readonly maxEntries?: number | undefined;
  /** The clock, in milliseconds since the epoch; it must never go back. For tests. Default: one that never does. */
  readonly now?: (() => number) | undefined;
}

/** A store whose operations all answer at once. */
export interface MemoryStore extends Store {
  claim(key: string, options: ClaimOptions): ClaimResult;
  extend(claim: Claim, leaseMs: number): ClaimUpdate;
  complete(claim: Claim, options: RetainOptions): ClaimUpdate;
  fail(claim: Claim, options?: FailOptions): ClaimUpdate;
  reopen(key: string, options: ClaimOptions): ClaimResult;
  /** The latest 1,000 deliveries, with up to 64 MiB of their bodies. */
  readonly inbox: MemoryInbox;
  purge(limit: number): number;
  close(): void;
}

/** A delivery that is in flight or was given back. */
interface OpenRecord {
  readonly key: string;
  owner: string;
  fence: number;
  attempt: number;
  failed: boolean;
  /** When the lease ends, or when the claim was given back. */
  leaseEnd: number;
  retainMs: number;
}

/** A JavaScript Map holds 2^24 entries and throws beyond. */
const mostEntries = 16_000_000;

/** How many completions are remembered with their owner, so that a repeated `complete` is answered "ok". */
const repeatableCompletions = 256;

/**
 * The end of a completed delivery's retention is kept in tenths of a second since the store was made. For three years
 * that fits the 31 bits of V8's small integers, which a Map holds in place: anything else would cost an object each.
 */
const tickMs = 100;
const never = 0x3fff_ffff;

/**
 * Every so many new entries look at so many old ones: at more than come in, so that the sweep outruns the growth, and
 * several at a time, which is cheaper than one by one.
 */
const sweepEvery = 32;
const sweepStep = 64;

/** How many entries a full store looks at before it refuses. */
const fullSweep = 1_000;

const completedResult: ClaimResult = { state: "completed" };

/**
 * Remembers deliveries in this process: for tests, for development, and where a restart may forget what was received.
 * What is over is removed as new deliveries come in; calling `purge` is possible and not needed.
 *
 * @throws LatchhookError `invalid-option`. Its `claim` throws `store-full` when `maxEntries` deliveries are
 * remembered, and every operation throws `store-unavailable` after `close`.
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const { maxEntries = 1_000_000, now = () => performance.timeOrigin + performance.now() } = options;
  checkMaxEntries(maxEntries);
  const madeAt = now();
  const open = new Map<string, OpenRecord>();
  const completed = new Map<string, number>();
  const repeats = createRepeats(repeatableCompletions);
  const isRetentionOver = (end: number, time: number): boolean =>
    end !== never && end * tickMs <= time - madeAt;
  const sweepCompleted = sweeper(completed, isRetentionOver);
  const sweepOpen = sweeper(open, ({ leaseEnd, retainMs }, time) => leaseEnd + retainMs <= time);
  // One count for all keys: a fence cannot come again, whatever is removed.
  let lastFence = 0;
  let inserted = 0;
  let closed = false;
  const inbox = createMemoryInbox({ now, isRunning, requireOpen });

  function isRunning(key: string): boolean {
    const record = open.get(key);
    return record !== undefined && !record.failed && record.leaseEnd > now();
  }

  function requireOpen(): void {
    if (closed) throw new LatchhookError("store-unavailable", "memoryStore: the store is closed.");
  }

  function sweep(time: number, count: number, limit: number): number {
    const removed = sweepCompleted(time, count, limit);
    return removed + sweepOpen(time, count, limit - removed);
  }

  function makeRoom(time: number): void {
    if (++inserted % sweepEvery === 0) sweep(time, sweepStep, sweepStep);
    if (completed.size + open.size < maxEntries || sweep(time, fullSweep, 1) > 0) return;
    throw new LatchhookError(
      "store-full",
      `memoryStore: all ${maxEntries} entries are in use. Raise maxEntries, shorten retainMs, or use a durable store.`,
    );
  }

  function insert(key: string, { owner, leaseMs, retainMs }: ClaimOptions, time: number): ClaimResult {
    makeRoom(time);
    const fence = ++lastFence;
    open.set(key, { key, owner, fence, attempt: 1, failed: false, leaseEnd: time + leaseMs, retainMs });
    return { state: "claimed", fence, attempt: 1, takeover: false };
  }

  function renew(record: OpenRecord, { owner, leaseMs, retainMs }: ClaimOptions, time: number): ClaimResult {
    const takeover = !record.failed && record.owner !== owner;
    if (record.failed || takeover) {
      record.owner = owner;
      record.fence = ++lastFence;
      record.attempt++;
      record.failed = false;
    }
    record.leaseEnd = time + leaseMs;
    record.retainMs = retainMs;
    return { state: "claimed", fence: record.fence, attempt: record.attempt, takeover };
  }

  /** The record that a claim is about, or undefined where another owner, another fence or none is the current one. */
  function recordOf({ key, owner, fence }: Claim): OpenRecord | undefined {
    requireOpen();
    const record = open.get(key);
    return record !== undefined && record.owner === owner && record.fence === fence ? record : undefined;
  }

  function claim(key: string, claimOptions: ClaimOptions): ClaimResult {
    requireOpen();
    const time = now();
    const end = completed.get(key);
    if (end !== undefined) {
      if (!isRetentionOver(end, time)) return completedResult;
      completed.delete(key);
    }
    const record = open.get(key);
    if (record === undefined) return insert(key, claimOptions, time);
    const isHeld = !record.failed && record.leaseEnd > time;
    if (isHeld && record.owner !== claimOptions.owner) {
      return { state: "in-flight", retryAfterMs: record.leaseEnd - time };
    }
    return renew(record, claimOptions, time);
  }

  return {
    name: "memory",
    productionWarning:
      "memoryStore is neither durable nor shared: a restart forgets every delivery, and other processes run duplicates.",
    inbox,
    claim,

    reopen(key, claimOptions) {
      requireOpen();
      // Whatever was completed under an earlier fence is past: its holder may not repeat it.
      completed.delete(key);
      return claim(key, claimOptions);
    },

    extend(claim, leaseMs) {
      const record = recordOf(claim);
      if (record === undefined || record.failed) return "lost";
      record.leaseEnd = now() + leaseMs;
      return "ok";
    },

    complete(claim, { retainMs, record: toRecord }) {
      const record = recordOf(claim);
      if (record === undefined) {
        return !open.has(claim.key) && completed.has(claim.key) && repeats.includes(claim) ? "ok" : "lost";
      }
      if (record.failed) return "lost";
      open.delete(claim.key);
      completed.set(claim.key, Math.min(never, Math.ceil((now() - madeAt + retainMs) / tickMs)));
      repeats.add(record);
      if (toRecord !== undefined) inbox.write(toRecord());
      return "ok";
    },

    fail(claim, { record: toRecord } = {}) {
      const record = recordOf(claim);
      if (record === undefined) return "lost";
      if (record.failed) return "ok";
      record.leaseEnd = now();
      record.failed = true;
      if (toRecord !== undefined) inbox.write(toRecord());
      return "ok";
    },

    purge(limit) {
      requireOpen();
      // One more than there are: the step that finds the end of a map, and begins again, counts as well.
      const removed = sweep(now(), Math.max(completed.size, open.size) + 1, limit);
      return removed + inbox.purge(limit - removed);
    },

    close() {
      closed = true;
      open.clear();
      completed.clear();
    },
  };
}

function checkMaxEntries(maxEntries: number): void {
  if (Number.isSafeInteger(maxEntries) && maxEntries >= 1 && maxEntries <= mostEntries) return;
  throw new LatchhookError(
    "invalid-option",
    `memoryStore: maxEntries must be a whole number from 1 to ${mostEntries}.`,
  );
}
