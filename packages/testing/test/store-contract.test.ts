import type { Claim, ClaimOptions, ClaimResult, ClaimUpdate, RetainOptions, Store } from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import { type ContractCase, storeContract, storeModel } from "@latchhook/testing";
import { describe, expect, it } from "vitest";

// A contract that cannot fail proves nothing: each of these stores breaks one rule, and must be caught.

interface WrongStore {
  readonly breaks: string;
  /** Which cases have to catch it, by the beginning of their names. */
  readonly caughtBy: readonly string[];
  readonly make: (store: Store, now: () => number) => Partial<Store>;
}

const wrongStores: readonly WrongStore[] = [
  {
    breaks: "complete does not compare the fence",
    caughtBy: ["fencing: a wrong owner", "fencing: an earlier claim", "model:"],
    make: (store) => {
      const fences = new Map<string, number>();
      return {
        async claim(key, options) {
          const result = await store.claim(key, options);
          if (result.state === "claimed") fences.set(key, result.fence);
          return result;
        },
        complete: (claim, options) =>
          store.complete({ ...claim, fence: fences.get(claim.key) ?? claim.fence }, options),
      };
    },
  },
  {
    breaks: "fail deletes the record",
    caughtBy: ["claim: a failed delivery", "attempts:", "model:"],
    make: (_store, now) => mapStore(now, { failDeletes: true }),
  },
  {
    breaks: "claim looks first and writes later",
    caughtBy: ["race: 64 claims of a new key"],
    make: (_store, now) => mapStore(now, { pauseInClaim: true }),
  },
  {
    breaks: "extend ignores that the delivery was given back",
    caughtBy: ["fencing: what was given back", "model:"],
    make: (store) => ({
      async extend(claim, leaseMs) {
        await store.extend(claim, leaseMs);
        return "ok" as const;
      },
    }),
  },
  {
    breaks: "an expired claim cannot complete although nobody took over",
    caughtBy: ["lease: a claim whose lease ran out", "model:"],
    make: (_store, now) => mapStore(now, { expiryLosesClaim: true }),
  },
  {
    breaks: "fences begin anew after purge",
    caughtBy: ["fences: they grow", "model:"],
    make: (_store, now) => mapStore(now, { fenceFromAttempt: true }),
  },
  {
    breaks: "purge removes what is in flight",
    caughtBy: ["purge: never removes what is in flight", "purge: many records"],
    make: (_store, now) => mapStore(now, { purgeIgnoresLease: true }),
  },
  {
    breaks: "purge ignores its limit",
    caughtBy: ["purge: removes at most"],
    make: (store) => ({ purge: () => store.purge(1_000_000) }),
  },
  {
    breaks: "a claim that its owner repeats is refused",
    caughtBy: ["claim: repeated by its owner while", "race: 64 repeats", "model:"],
    make: (store) => ({
      claim: (key, options) => store.claim(key, { ...options, owner: `${options.owner} ${Math.random()}` }),
    }),
  },
];

describe("the store contract passes the store that the wrong ones are made from", () => {
  for (const { name, run } of casesFor((_store, now) => mapStore(now, {}))) it(name, run);
});

describe("the store contract catches a store in which", () => {
  for (const { breaks, caughtBy, make } of wrongStores) {
    it(breaks, async () => {
      const caught = await failuresOf(casesFor(make));
      for (const name of caughtBy) {
        expect(
          caught.some((one) => one.startsWith(name)),
          `"${name}…" should catch it, not only ${caught}`,
        ).toBe(true);
      }
    });
  }
});

describe("skip", () => {
  const create = () => ({ store: memoryStore() });
  const [first] = storeContract({ create });

  it("shows the reason in the case's name and hands it to the runner", async () => {
    const cases = storeContract({
      create,
      skip: [{ case: first?.name ?? "", reason: "there is one process" }],
    });
    const told: string[] = [];
    await cases[0]?.run({ skip: (reason: string) => told.push(reason) });
    expect(cases[0]?.name).toBe(`${first?.name} (skipped: there is one process)`);
    expect(told).toEqual(["there is one process"]);
    expect(cases).toHaveLength(storeContract({ create }).length);
  });

  it("refuses a case that does not exist, and an empty reason", () => {
    expect(() => storeContract({ create, skip: [{ case: "no such case", reason: "x" }] })).toThrow(
      /no such case/,
    );
    expect(() => storeContract({ create, skip: [{ case: first?.name ?? "", reason: " " }] })).toThrow(
      /reason/,
    );
  });

  it("gives runs no declared parameter, which some runners take for a callback", () => {
    const skip = [{ case: first?.name ?? "", reason: "there is one process" }];
    for (const { run } of storeContract({ create, skip })) expect(run).toHaveLength(0);
  });
});

it("requires `transaction` of a store that has commit", async () => {
  const store = { ...memoryStore(), commit: () => "ok" as const };
  const cases = storeContract({ clock: "virtual", create: () => ({ store }) });
  expect(await failuresOf(cases.filter(({ name }) => name.startsWith("commit:")))).toHaveLength(1);
});

it("requires `inbox` of a store that has one", async () => {
  const cases = storeContract({ clock: "virtual", create: ({ now }) => ({ store: memoryStore({ now }) }) });
  expect(await failuresOf(cases)).toEqual([expect.stringMatching(/^inbox: a store without it/)]);
});

function casesFor(make: WrongStore["make"]): readonly ContractCase[] {
  const create = ({ now }: { readonly now: () => number }) => {
    const { inbox, reopen, ...store } = memoryStore({ now });
    return { store: { ...store, ...make(store, now) } as Store };
  };
  return [...storeContract({ clock: "virtual", create }), storeModel({ create, runs: 300 })];
}

async function failuresOf(cases: readonly ContractCase[]): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const { name, run } of cases) {
    await run().catch(() => failures.push(name));
  }
  return failures;
}

interface Faults {
  readonly failDeletes?: boolean;
  readonly pauseInClaim?: boolean;
  readonly expiryLosesClaim?: boolean;
  readonly fenceFromAttempt?: boolean;
  readonly purgeIgnoresLease?: boolean;
}

interface MapRecord extends Claim {
  readonly attempt: number;
  readonly state: "in-flight" | "failed" | "completed";
  readonly leaseEnd: number;
  readonly retainMs: number;
  readonly keepUntil: number;
}

/** The store that one writes in an afternoon, with the faults that one makes. */
function mapStore(now: () => number, faults: Faults): Partial<Store> {
  const records = new Map<string, MapRecord>();
  let lastFence = 0;
  let closed = false;

  function update(claim: Claim, states: readonly string[], change: Partial<MapRecord>): ClaimUpdate {
    if (closed) throw new Error("closed");
    const record = records.get(claim.key);
    if (record?.owner !== claim.owner || record.fence !== claim.fence) return "lost";
    if (!states.includes(record.state)) return "lost";
    if (faults.expiryLosesClaim && record.state === "in-flight" && record.leaseEnd <= now()) return "lost";
    records.set(claim.key, { ...record, ...change });
    return "ok";
  }

  return {
    async claim(key: string, { owner, leaseMs, retainMs }: ClaimOptions): Promise<ClaimResult> {
      if (closed) throw new Error("closed");
      const record = records.get(key);
      if (faults.pauseInClaim) await Promise.resolve();
      if (record?.state === "completed") return { state: "completed" };
      const same = record?.state === "in-flight" && record.owner === owner;
      if (record?.state === "in-flight" && !same && record.leaseEnd > now()) {
        return { state: "in-flight", retryAfterMs: record.leaseEnd - now() };
      }
      const attempt = (record?.attempt ?? 0) + (same ? 0 : 1);
      const fence = same ? record.fence : faults.fenceFromAttempt ? attempt : ++lastFence;
      const leaseEnd = now() + leaseMs;
      const keepUntil = (faults.purgeIgnoresLease ? now() : leaseEnd) + retainMs;
      records.set(key, { key, owner, fence, attempt, state: "in-flight", leaseEnd, retainMs, keepUntil });
      return { state: "claimed", fence, attempt, takeover: record?.state === "in-flight" && !same };
    },
    extend(claim: Claim, leaseMs: number) {
      const leaseEnd = now() + leaseMs;
      const retainMs = records.get(claim.key)?.retainMs ?? 0;
      return update(claim, ["in-flight"], { leaseEnd, keepUntil: leaseEnd + retainMs });
    },
    complete: (claim: Claim, { retainMs }: RetainOptions) =>
      update(claim, ["in-flight", "completed"], { state: "completed", keepUntil: now() + retainMs }),
    fail(claim: Claim) {
      const answer = update(claim, ["in-flight", "failed"], { state: "failed" });
      if (answer === "ok" && faults.failDeletes) records.delete(claim.key);
      return answer;
    },
    purge(limit: number) {
      if (closed) throw new Error("closed");
      const over = [...records.values()].filter(({ keepUntil }) => keepUntil <= now()).slice(0, limit);
      for (const { key } of over) records.delete(key);
      return over.length;
    },
    close() {
      closed = true;
    },
  };
}
