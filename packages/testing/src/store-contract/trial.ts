import { deepEqual, equal, ok } from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Claim, ClaimOptions, ClaimResult, ClaimUpdate, Store } from "@latchhook/core";
import type { StoreContractOptions, StoreFixture, TransactionHooks } from "./options.ts";

/** A claim that was won. */
export interface HeldClaim extends Claim {
  readonly attempt: number;
  readonly takeover: boolean;
}

/** One case's store, with its time and its helpers. */
export interface Trial<Transaction, Fixture extends StoreFixture<Transaction>> {
  readonly fixture: Fixture;
  readonly store: Store<Transaction>;
  /** The store and its peer where it has one: what different processes would use. */
  readonly stores: readonly Store<Transaction>[];
  /** A store other than the first, where there is one. */
  readonly peer: Store<Transaction>;
  /** A duration that is over after `passShort()`, in milliseconds. */
  readonly shortMs: number;
  /** Lets more than `shortMs` go by. */
  readonly passShort: () => Promise<void>;
  /** The store's clock, in milliseconds since the epoch. */
  readonly now: () => number;
  readonly options: StoreContractOptions<Transaction, Fixture>;
}

/** A duration that does not end within a case: ten minutes. */
export const longMs = 600_000;

/** Makes a store, runs `body`, and closes what was opened whatever happens. */
export async function withTrial<Transaction, Fixture extends StoreFixture<Transaction>>(
  options: StoreContractOptions<Transaction, Fixture>,
  body: (trial: Trial<Transaction, Fixture>) => Promise<void>,
): Promise<void> {
  const virtual = options.clock === "virtual";
  // Coarse enough for stores that keep retention in tenths of a second; short enough to wait for in real time.
  const shortMs = virtual ? 5_000 : 120;
  let time = 1_000;
  const fixture = await options.create({ now: () => time });
  const { store } = fixture;
  const peer = (await options.connect?.(fixture)) ?? store;
  const passShort = async (): Promise<void> => {
    if (virtual) time += shortMs * 2;
    else await sleep(shortMs + 60);
  };
  try {
    const stores = peer === store ? [store] : [store, peer];
    const now = virtual ? () => time : () => Date.now();
    await body({ fixture, store, peer, stores, shortMs, passShort, now, options });
  } finally {
    if (peer !== store) await peer.close();
    await store.close();
    await options.destroy?.(fixture);
  }
}

/** A delivery key that no other case uses. */
export function newKey(): string {
  return randomBytes(32).toString("hex");
}

/** An owner that no other request has. */
export function newOwner(): string {
  return randomUUID();
}

/** Claims with options of its own; what is left out lasts longer than the case. */
export async function claim<Transaction>(
  store: Store<Transaction>,
  key: string,
  options: Partial<ClaimOptions> = {},
): Promise<ClaimResult> {
  return store.claim(key, { owner: newOwner(), leaseMs: longMs, retainMs: longMs, ...options });
}

/** Claims, and requires to win. */
export async function hold<Transaction>(
  store: Store<Transaction>,
  key: string,
  options: Partial<ClaimOptions> = {},
): Promise<HeldClaim> {
  const owner = options.owner ?? newOwner();
  const result = await claim(store, key, { ...options, owner });
  equal(result.state, "claimed", `the claim should win, but the store answers "${result.state}"`);
  ok(result.state === "claimed");
  ok(Number.isSafeInteger(result.fence), `a fence is a safe integer, not ${result.fence}`);
  return { key, owner, fence: result.fence, attempt: result.attempt, takeover: result.takeover };
}

/** Requires that the key is held by another. */
export async function expectInFlight<Transaction>(store: Store<Transaction>, key: string): Promise<number> {
  const result = await claim(store, key);
  equal(result.state, "in-flight", `the key should be in flight, but the store answers "${result.state}"`);
  ok(result.state === "in-flight");
  return result.retryAfterMs;
}

/** Requires that the key is marked done. */
export async function expectCompleted<Transaction>(store: Store<Transaction>, key: string): Promise<void> {
  deepEqual(await claim(store, key), { state: "completed" });
}

/** Requires an operation's answer; `what` says which operation that is. */
export async function expectUpdate(
  actual: ClaimUpdate | PromiseLike<ClaimUpdate>,
  expected: ClaimUpdate,
  what: string,
): Promise<void> {
  equal(await actual, expected, what);
}

/** The hooks of a case that is only listed where they are given. */
export function transactionHooks<Transaction, Fixture extends StoreFixture<Transaction>>({
  options,
}: Trial<Transaction, Fixture>): TransactionHooks<Transaction, Fixture> {
  ok(options.transaction);
  return options.transaction;
}
