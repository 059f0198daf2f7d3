import { Buffer } from "node:buffer";
import { type Claim, type ClaimOptions, type ClaimResult, LatchhookError } from "@latchhook/core";
import type { Connection, Row } from "../shared/sqlite/connection.ts";
import type { Tables } from "./schema.ts";
import { statementsFor } from "./statements.ts";

/** The operations on deliveries' rows. All but `claim` run in a transaction of the caller's. */
export interface Deliveries {
  claim(connection: Connection, key: string, options: ClaimOptions): ClaimResult;
  extend(connection: Connection, claim: Claim, leaseMs: number): boolean;
  fail(connection: Connection, claim: Claim): boolean;
  /** Gives the claim back, and tells whether it was before. */
  failOnce(connection: Connection, claim: Claim): Marked;
  /** Claims a key that is completed; undefined where it is not. */
  reopen(connection: Connection, key: string, options: ClaimOptions): ClaimResult | undefined;
  /** Marks the claim completed. `"repeated"`: it was already, by this very claim. */
  complete(connection: Connection, claim: Claim, retainMs: number): Marked;
}

/** Whether a claim was marked just now, or had been, or is no longer the current one. */
export type Marked = "marked" | "repeated" | "lost";

interface ClaimTimes {
  readonly owner: string;
  readonly now: number | null;
  /** From now to the end of the lease. */
  readonly lease: number;
  /** From now to the end of the retention of an unfinished record. */
  readonly keep: number;
}

/** Reads the time in milliseconds; null leaves it to SQLite. */
export type Clock = () => number | null;

/** The longest retention, in milliseconds: 250,000 years. A time that far ahead is still a safe integer. */
const longestMs = 8e15;

/**
 * Binds the operations to their tables and clock.
 *
 * A new key, which is the common case, is inserted without reading anything back, for drivers spend more on a result
 * row than SQLite on the insertion. Its fence follows from the fence floor, which is remembered here: the insertion
 * does nothing if purge, in whatever process, has raised the floor since.
 */
export function createDeliveries(tables: Tables, clock: Clock): Deliveries {
  const sql = statementsFor(tables);
  let rememberedFloor: number | undefined;

  /** Claims a key that nobody has claimed. Returns its fence, or undefined where there is more to it. */
  function claimNew(connection: Connection, bytes: Uint8Array, times: ClaimTimes): number | undefined {
    rememberedFloor ??= Number(connection.read(sql.floor)[0]?.fence_floor);
    const { owner, now, lease, keep } = times;
    const fence = rememberedFloor + 1;
    const inserted = connection.write(
      sql.insert,
      bytes,
      owner,
      fence,
      now,
      lease,
      now,
      keep,
      rememberedFloor,
    );
    if (inserted > 0) return fence;
    rememberedFloor = undefined;
    return undefined;
  }

  function claimAny(connection: Connection, bytes: Uint8Array, times: ClaimTimes): ClaimResult {
    const { owner, now, lease, keep } = times;
    const [claimed] = connection.read(sql.claim, bytes, owner, now, lease, now, keep, now);
    if (claimed !== undefined) return claimedResult(claimed);
    // Another took it since it was looked at.
    const found = connection.read(sql.find, owner, now, bytes)[0];
    return settledResult(found) ?? { state: "in-flight", retryAfterMs: 1 };
  }

  return {
    claim(connection, key, { owner, leaseMs, retainMs }) {
      const bytes = keyBytes(key);
      const found = connection.read(sql.find, owner, clock(), bytes)[0];
      const settled = settledResult(found);
      if (settled !== undefined) return settled;
      const lease = milliseconds(leaseMs);
      return connection.transaction(() => {
        const times = { owner, now: clock(), lease, keep: milliseconds(lease + retainMs) };
        const fence = found === undefined ? claimNew(connection, bytes, times) : undefined;
        if (fence !== undefined) return { state: "claimed", fence, attempt: 1, takeover: false };
        return claimAny(connection, bytes, times);
      });
    },
    extend(connection, { key, owner, fence }, leaseMs) {
      const now = clock();
      const lease = milliseconds(leaseMs);
      return connection.write(sql.extend, now, lease, now, lease, keyBytes(key), owner, fence) > 0;
    },
    fail(connection, { key, owner, fence }) {
      const now = clock();
      return connection.write(sql.fail, now, now, keyBytes(key), owner, fence) > 0;
    },
    failOnce(connection, { key, owner, fence }) {
      const parameters = [clock(), clock(), keyBytes(key), owner, fence] as const;
      if (connection.write(sql.failInFlight, ...parameters) > 0) return "marked";
      return connection.write(sql.fail, ...parameters) > 0 ? "repeated" : "lost";
    },
    reopen(connection, key, { owner, leaseMs, retainMs }) {
      const now = clock();
      const lease = milliseconds(leaseMs);
      const keep = milliseconds(lease + retainMs);
      const [reopened] = connection.read(sql.reopen, owner, now, lease, now, keep, keyBytes(key));
      return reopened === undefined ? undefined : claimedResult(reopened);
    },
    complete(connection, { key, owner, fence }, retainMs) {
      const bytes = keyBytes(key);
      const changed = connection.write(sql.complete, clock(), milliseconds(retainMs), bytes, owner, fence);
      if (changed > 0) return "marked";
      return connection.read(sql.isCompleted, bytes, owner, fence).length > 0 ? "repeated" : "lost";
    },
  };
}

/** The answer to a claim that nothing needs to be written for; undefined where the key can be claimed. */
function settledResult(row: Row | undefined): ClaimResult | undefined {
  if (row?.answer === "completed") return { state: "completed" };
  const retryAfterMs = Number(row?.answer ?? 0);
  return retryAfterMs > 0 ? { state: "in-flight", retryAfterMs } : undefined;
}

function claimedResult(row: Row): ClaimResult {
  const [fence, attempt, takeover] = String(row.answer).split(" ").map(Number);
  if (fence === undefined || attempt === undefined) throw new Error("a claim returned no fence");
  return { state: "claimed", fence, attempt, takeover: takeover === 1 };
}

function milliseconds(duration: number): number {
  return Math.min(Math.ceil(duration), longestMs);
}

/** Half the size of the text. `Buffer` reads hex leniently, so the text is checked first. */
function keyBytes(key: string): Uint8Array {
  if (/^[0-9a-f]{64}$/.test(key)) return Buffer.from(key, "hex");
  throw new LatchhookError("invalid-option", "sqliteStore: a delivery key is 64 lower-case hex digits.");
}
