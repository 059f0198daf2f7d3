import { Buffer } from "node:buffer";
import { type Claim, type ClaimOptions, type ClaimResult, LatchhookError } from "@latchhook/core";
import type { Connection, Row } from "./connection.ts";
import { completed, failed, inFlight, type Tables } from "./schema.ts";

/** The operations on deliveries' rows. All but `claim` run in a transaction of the caller's. */
export interface Deliveries {
  claim(connection: Connection, key: string, options: ClaimOptions): ClaimResult;
  extend(connection: Connection, claim: Claim, leaseMs: number): boolean;
  fail(connection: Connection, claim: Claim): boolean;
  /** Marks the claim completed. `"repeated"`: it was already, by this very claim. */
  complete(connection: Connection, claim: Claim, retainMs: number): "marked" | "repeated" | "lost";
}

/** Reads the time in milliseconds; null leaves it to SQLite. */
export type Clock = () => number | null;

/**
 * The time, read by SQLite while it holds the lock: a time that was read before waiting for it would be old. It takes
 * a parameter, which is null unless a test sets the clock.
 */
export const nowSql = "coalesce(?, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))";

/** The longest retention, in milliseconds: 250,000 years. A time that far ahead is still a safe integer. */
const longestMs = 8e15;

/** Binds the operations to their tables and clock. */
export function createDeliveries(tables: Tables, clock: Clock): Deliveries {
  const sql = statementsFor(tables);
  return {
    claim(connection, key, { owner, leaseMs, retainMs }) {
      const bytes = keyBytes(key);
      const find = (): ClaimResult | undefined =>
        settledResult(connection.read(sql.find, owner, clock(), bytes)[0]);
      const settled = find();
      if (settled !== undefined) return settled;
      const lease = milliseconds(leaseMs);
      const keep = milliseconds(lease + retainMs);
      return connection.transaction(() => {
        const now = clock();
        const [claimed] = connection.read(sql.claim, bytes, owner, now, lease, now, keep, now);
        if (claimed !== undefined) return claimedResult(claimed);
        // Another took it since it was looked at.
        return find() ?? { state: "in-flight", retryAfterMs: 1 };
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
    complete(connection, { key, owner, fence }, retainMs) {
      const bytes = keyBytes(key);
      const changed = connection.write(sql.complete, clock(), milliseconds(retainMs), bytes, owner, fence);
      if (changed > 0) return "marked";
      return connection.read(sql.isCompleted, bytes, owner, fence).length > 0 ? "repeated" : "lost";
    },
  };
}

/** `find` and `claim` answer in one column: drivers spend more on building a row than SQLite on finding it. */
function statementsFor({
  deliveries,
  meta,
}: Tables): Record<keyof Deliveries | "find" | "isCompleted", string> {
  const thisClaim = "key = ? AND owner = ? AND fence = ?";
  // Whether the row in conflict is held by the claimer itself, whose earlier reply may have been lost.
  const repeated = `(d.state = ${inFlight} AND d.owner = excluded.owner)`;
  return {
    find: `
      SELECT CASE
        WHEN state = ${completed} THEN 'completed'
        WHEN state = ${inFlight} AND owner <> ? THEN lease_until - ${nowSql}
      END AS answer
      FROM ${deliveries} WHERE key = ?`,
    claim: `
      INSERT INTO ${deliveries} AS d (key, owner, fence, attempt, takeover, state, lease_until, purge_after)
      VALUES (?, ?, (SELECT fence_floor + 1 FROM ${meta}), 1, 0, ${inFlight}, ${nowSql} + ?, ${nowSql} + ?)
      ON CONFLICT (key) DO UPDATE SET
        owner = excluded.owner,
        fence = d.fence + (NOT ${repeated}),
        attempt = d.attempt + (NOT ${repeated}),
        takeover = CASE WHEN ${repeated} THEN d.takeover ELSE d.state = ${inFlight} END,
        state = ${inFlight},
        lease_until = excluded.lease_until,
        purge_after = excluded.purge_after
      WHERE d.state = ${failed} OR ${repeated} OR (d.state = ${inFlight} AND d.lease_until <= ${nowSql})
      RETURNING fence || ' ' || attempt || ' ' || takeover AS answer`,
    extend: `
      UPDATE ${deliveries}
      SET purge_after = purge_after - lease_until + ${nowSql} + ?, lease_until = ${nowSql} + ?
      WHERE ${thisClaim} AND state = ${inFlight}`,
    fail: `
      UPDATE ${deliveries}
      SET purge_after = purge_after - lease_until + ${nowSql}, lease_until = ${nowSql}, state = ${failed}
      WHERE ${thisClaim} AND state IN (${inFlight}, ${failed})`,
    complete: `
      UPDATE ${deliveries} SET purge_after = ${nowSql} + ?, lease_until = 0, state = ${completed}
      WHERE ${thisClaim} AND state = ${inFlight}`,
    isCompleted: `SELECT 1 FROM ${deliveries} WHERE ${thisClaim} AND state = ${completed}`,
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
