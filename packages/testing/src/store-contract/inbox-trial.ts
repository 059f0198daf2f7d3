import { equal, ok } from "node:assert/strict";
import type {
  AttemptRecord,
  ClaimOptions,
  DeliveryRecord,
  InboxDelivery,
  InboxEntry,
  InboxQuery,
  InboxRecord,
  InboxStore,
  OutcomeCount,
  Store,
} from "@latchhook/core";
import type { StoreFixture } from "./options.ts";
import { type HeldClaim, hold, longMs, newKey, type Trial } from "./trial.ts";

/** What a record is to say; what is left out is nothing in particular. */
export interface RecordChanges {
  readonly delivery?: Partial<DeliveryRecord>;
  readonly attempt?: Partial<AttemptRecord>;
  readonly state?: InboxRecord["state"];
  readonly body?: InboxRecord["body"];
  readonly bodyRetainMs?: number;
  readonly retainMs?: number;
}

/** An inbox under test, and what a receiver would do with it. */
export interface InboxTrial {
  readonly inbox: InboxStore;
  /** The clock by which the store judges moments, in milliseconds since the epoch. */
  readonly now: () => number;
  /** A record of a delivery with this key. */
  readonly record: (key: string, changes?: RecordChanges) => InboxRecord;
  /** Claims a key, and gives it back with a record. */
  readonly fail: (key: string, changes?: RecordChanges) => Promise<HeldClaim>;
  /** Claims a key, and marks it done with a record. */
  readonly complete: (key: string, changes?: RecordChanges) => Promise<HeldClaim>;
  /** A new delivery that failed. */
  readonly failed: (changes?: RecordChanges) => Promise<string>;
  /** Requires that the inbox has the delivery. */
  readonly find: (key: string) => Promise<InboxEntry>;
  readonly stateOf: (key: string) => Promise<InboxDelivery["state"]>;
  readonly list: (query?: Partial<InboxQuery>) => Promise<readonly string[]>;
}

/** The bytes of a text. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** One count, of one request that was processed. */
export function outcomeCount(changes: Partial<OutcomeCount> = {}): OutcomeCount {
  const where = { minute: 1_700_000_040_000, scope: "", provider: "acme" };
  return { ...where, outcome: "processed", reason: "", bucketMs: 5, secretIndex: 0, count: 1, ...changes };
}

export function inboxTrial<Transaction, Fixture extends StoreFixture<Transaction>>({
  store,
  now,
}: Trial<Transaction, Fixture>): InboxTrial {
  const { inbox } = store;
  ok(inbox, "the store has an inbox");

  function record(key: string, { delivery, attempt, ...rest }: RecordChanges = {}): InboxRecord {
    return {
      delivery: { ...anyDelivery(key, now()), ...delivery },
      attempt: { ...anyAttempt(now()), ...attempt },
      state: "failed",
      body: "keep",
      bodyRetainMs: longMs,
      retainMs: longMs,
      ...rest,
    };
  }

  async function fail(key: string, changes: RecordChanges = {}): Promise<HeldClaim> {
    const held = await hold(store, key);
    equal(await store.fail(held, { record: () => record(key, changes) }), "ok");
    return held;
  }

  async function complete(key: string, changes: RecordChanges = {}): Promise<HeldClaim> {
    const held = await hold(store, key);
    equal(await completeWith(store, held, record(key, done(changes))), "ok");
    return held;
  }

  async function find(key: string): Promise<InboxEntry> {
    const entry = await inbox?.find(key);
    ok(entry, "the inbox should have the delivery");
    return entry;
  }

  return {
    inbox,
    now,
    record,
    fail,
    complete,
    async failed(changes) {
      const key = newKey();
      await fail(key, changes);
      return key;
    },
    find,
    stateOf: async (key) => (await find(key)).delivery.state,
    list: async (query) => (await inbox.list({ limit: 100, ...query })).map(({ key }) => key),
  };
}

/** The same record for a delivery that is done. */
export function done(changes: RecordChanges = {}): RecordChanges {
  const attempt = { ...processed, ...changes.attempt };
  return { body: "drop", ...changes, attempt, state: "done" };
}

/** Marks a claim done with a record. */
export async function completeWith<Transaction>(
  store: Store<Transaction>,
  held: HeldClaim,
  record: InboxRecord,
): Promise<"ok" | "lost"> {
  return store.complete(held, { retainMs: longMs, record: () => record });
}

/** Options of a claim that outlasts the case. */
export function claimOptions(owner: string): ClaimOptions {
  return { owner, leaseMs: longMs, retainMs: longMs };
}

const processed: Partial<AttemptRecord> = {
  outcome: "processed",
  status: 200,
  errorName: null,
  error: null,
  errorFrame: null,
};

function anyDelivery(key: string, now: number): DeliveryRecord {
  return {
    ...{ key, scope: "", provider: "acme", eventId: `evt ${key}`, type: "video.completed" },
    ...{ jobId: `job ${key}`, jobStatus: "completed", known: true, secretIndex: 0, maxAttempts: 4 },
    ...{ deadAt: now + longMs, bodyBytes: 12, headers: null },
  };
}

function anyAttempt(now: number): AttemptRecord {
  return {
    ...{ at: now, source: "http", outcome: "persist-failed", reason: null, status: 500, durationMs: 7 },
    ...{ claimAttempt: 1, senderAttempt: 1, late: false, actor: null },
    ...{ errorName: "TypeError", error: "no such table", errorFrame: "/app/save.ts:3:9" },
  };
}
