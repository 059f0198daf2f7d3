import { deepEqual, equal, ok } from "node:assert/strict";
import type { Claim, ClaimOptions, ClaimResult, ClaimUpdate, Store } from "@latchhook/core";
import type { Awaitable } from "./options.ts";

/** Runs operations on a store and requires the answers of the contract. */
export interface StoreModel {
  /** Every claim that was won, oldest first. */
  readonly claims: readonly Claim[];
  claim(key: string, options: ClaimOptions): Promise<void>;
  /** Does nothing on a store without `reopen`. */
  reopen(key: string, options: ClaimOptions): Promise<void>;
  extend(claim: Claim, leaseMs: number): Promise<void>;
  complete(claim: Claim, retainMs: number): Promise<void>;
  fail(claim: Claim): Promise<void>;
  purge(limit: number): Promise<void>;
}

/** What the model knows of a key. */
interface ModelRecord {
  owner: string;
  fence: number;
  attempt: number;
  state: "in-flight" | "failed" | "completed";
  leaseEnd: number;
  retainMs: number;
  /** From here on the store may have removed it, by `purge` or by itself, or still know it: either is right. */
  keepUntil: number;
}

/** Puts `store`, which is empty, beside a model of the contract that reads the same clock. */
export function createModel<Transaction>(store: Store<Transaction>, now: () => number): StoreModel {
  const records = new Map<string, ModelRecord>();
  const lastFences = new Map<string, number>();
  const claims: Claim[] = [];

  const mayBeGone = (record: ModelRecord): boolean => now() >= record.keepUntil;

  function expectNew(key: string, result: ClaimResult): asserts result is ClaimResult & { state: "claimed" } {
    ok(result.state === "claimed", `the claim should win, but the answer is "${result.state}"`);
    const last = lastFences.get(key) ?? Number.NEGATIVE_INFINITY;
    ok(result.fence > last, `the fence should grow: ${last}, then ${result.fence}`);
  }

  function remember(key: string, { owner, leaseMs, retainMs }: ClaimOptions, result: ClaimResult): void {
    ok(result.state === "claimed");
    const { fence, attempt } = result;
    const leaseEnd = now() + leaseMs;
    const keepUntil = leaseEnd + retainMs;
    records.set(key, { owner, fence, attempt, state: "in-flight", leaseEnd, retainMs, keepUntil });
    lastFences.set(key, fence);
    claims.push({ key, owner, fence });
  }

  /** Requires an update's answer, and forgets a record that turns out to be gone. Returns whether it was applied. */
  async function applied(
    claim: Claim,
    states: string[],
    answer: Awaitable<ClaimUpdate>,
  ): Promise<ModelRecord | null> {
    const record = records.get(claim.key);
    const update = await answer;
    if (record?.owner !== claim.owner || record.fence !== claim.fence || !states.includes(record.state)) {
      equal(update, "lost", "another claim, or another state, is the current one");
      return null;
    }
    if (update === "lost" && mayBeGone(record)) {
      records.delete(claim.key);
      return null;
    }
    equal(update, "ok", "this is the current claim");
    return record;
  }

  async function claim(key: string, options: ClaimOptions, ask: () => Awaitable<ClaimResult>): Promise<void> {
    const record = records.get(key);
    const result = await ask();
    if (record === undefined || (mayBeGone(record) && isNewer(record, result))) {
      expectNew(key, result);
      deepEqual([result.attempt, result.takeover], [1, false]);
    } else if (record.state === "completed") {
      if (mayBeGone(record) && result.state === "claimed") expectNew(key, result);
      else return deepEqual(result, { state: "completed" });
    } else if (record.state === "in-flight" && record.owner === options.owner) {
      ok(result.state === "claimed", "its owner may repeat a claim");
      deepEqual([result.fence, result.attempt], [record.fence, record.attempt]);
    } else if (record.state === "in-flight" && record.leaseEnd > now()) {
      ok(result.state === "in-flight", `the key is held, but the answer is "${result.state}"`);
      const error = Math.abs(result.retryAfterMs - (record.leaseEnd - now()));
      return ok(error <= 1, `retryAfterMs is off by ${error}`);
    } else {
      expectNew(key, result);
      deepEqual([result.attempt, result.takeover], [record.attempt + 1, record.state === "in-flight"]);
    }
    remember(key, options, result);
  }

  return {
    claims,
    claim: (key, options) => claim(key, options, () => store.claim(key, options)),
    async reopen(key, options) {
      if (store.reopen === undefined) return;
      const ask = (): Awaitable<ClaimResult> => store.reopen?.(key, options) ?? store.claim(key, options);
      const record = records.get(key);
      if (record?.state !== "completed") return claim(key, options, ask);
      const result = await ask();
      expectNew(key, result);
      equal(result.takeover, false, "what is completed is held by nobody");
      remember(key, options, result);
    },
    async extend(claim, leaseMs) {
      const record = await applied(claim, ["in-flight"], store.extend(claim, leaseMs));
      if (record === null) return;
      record.leaseEnd = now() + leaseMs;
      record.keepUntil = record.leaseEnd + record.retainMs;
    },
    async complete(claim, retainMs) {
      const record = await applied(claim, ["in-flight", "completed"], store.complete(claim, { retainMs }));
      if (record === null) return;
      const keepUntil = now() + retainMs;
      // Whether a repeat moves the end of the retention is the store's choice.
      record.keepUntil = record.state === "completed" ? Math.min(record.keepUntil, keepUntil) : keepUntil;
      record.state = "completed";
    },
    async fail(claim) {
      const record = await applied(claim, ["in-flight", "failed"], store.fail(claim));
      if (record === null || record.state === "failed") return;
      record.state = "failed";
      // From the end of the lease as it was, or from now: that is the store's choice too.
      record.keepUntil = Math.min(now(), record.leaseEnd) + record.retainMs;
    },
    async purge(limit) {
      const removable = [...records.values()].filter(mayBeGone).length;
      const removed = await store.purge(limit);
      ok(removed <= Math.min(limit, removable), `purge(${limit}) removed ${removed} of ${removable}`);
    },
  };
}

/** Whether a claim began a new record, with a fence that goes on from the old one's. */
function isNewer(record: ModelRecord, result: ClaimResult): boolean {
  return result.state === "claimed" && result.attempt === 1 && result.fence > record.fence;
}
