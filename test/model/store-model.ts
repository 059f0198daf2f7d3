/** One key's record, as the store contract describes it. Null: the key has never been seen, or was deleted. */
export interface KeyRecord {
  readonly state: "in-flight" | "failed" | "completed";
  readonly owner: number;
  readonly fence: number;
  /** The clock tick at which the lease ends. */
  readonly leaseEnd: number;
}

export interface ModelClaim {
  readonly owner: number;
  readonly fence: number;
}

export type ClaimAnswer = "in-flight" | "completed" | ModelClaim;

/** What an operation leaves behind, and whether it was applied. */
export interface Update {
  readonly record: KeyRecord | null;
  readonly ok: boolean;
}

/** The store contract as pure functions over one record: what the exhaustive check explores. */
export interface StoreModel {
  claim(
    record: KeyRecord | null,
    owner: number,
    now: number,
    leaseTicks: number,
  ): { readonly record: KeyRecord | null; readonly answer: ClaimAnswer };
  extend(record: KeyRecord | null, claim: ModelClaim, leaseEnd: number): Update;
  complete(record: KeyRecord | null, claim: ModelClaim): Update;
  fail(record: KeyRecord | null, claim: ModelClaim, now: number): Update;
}

function holds(record: KeyRecord | null, { owner, fence }: ModelClaim): record is KeyRecord {
  return record?.state === "in-flight" && record.owner === owner && record.fence === fence;
}

function update(record: KeyRecord | null, claim: ModelClaim, change: Partial<KeyRecord>): Update {
  return holds(record, claim) ? { record: { ...record, ...change }, ok: true } : { record, ok: false };
}

/** The contract as every store of this repository keeps it. */
export const contractModel: StoreModel = {
  claim(record, owner, now, leaseTicks) {
    if (record?.state === "completed") return { record, answer: "completed" };
    if (record?.state === "in-flight" && record.leaseEnd > now) return { record, answer: "in-flight" };
    const fence = (record?.fence ?? 0) + 1;
    return {
      record: { state: "in-flight", owner, fence, leaseEnd: now + leaseTicks },
      answer: { owner, fence },
    };
  },
  extend: (record, claim, leaseEnd) => update(record, claim, { leaseEnd }),
  complete: (record, claim) => update(record, claim, { state: "completed" }),
  fail: (record, claim, now) => update(record, claim, { state: "failed", leaseEnd: now }),
};

/** A wrong store: whoever says "done" is believed. */
export const unfencedComplete: StoreModel = {
  ...contractModel,
  complete: (record) =>
    record === null ? { record, ok: false } : { record: { ...record, state: "completed" }, ok: true },
};

/** A wrong store: a failed claim is forgotten, and its fencing tokens with it. */
export const deleteOnFailure: StoreModel = {
  ...contractModel,
  fail: (record, claim) => (holds(record, claim) ? { record: null, ok: true } : { record, ok: false }),
};
