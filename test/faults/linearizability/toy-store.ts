import { setTimeout as sleep } from "node:timers/promises";
import type { Claim, ClaimResult, Store } from "@latchhook/core";
import { monotonicMs } from "../../apps/app/src/monotonic-ms.ts";
import type { KeyRecord, ModelClaim, StoreModel } from "../../model/store-model.ts";

/**
 * A store over a model of the contract, right or wrong, whose operations take their time.
 *
 * @param gapMs how long an operation waits between reading a record and writing it back, which no store may do.
 */
export function toyStore(model: StoreModel, gapMs: number | undefined): Store<never> {
  const records = new Map<string, KeyRecord>();
  const owners = new Map<string, number>();

  function numberOf(owner: string): number {
    const number = owners.get(owner) ?? owners.size + 1;
    owners.set(owner, number);
    return number;
  }

  /** Runs one operation on one record, some time after it was called and some time before it is answered. */
  async function operate<Result>(
    key: string,
    run: (record: KeyRecord | null, now: number) => { record: KeyRecord | null; result: Result },
  ): Promise<Result> {
    await sleep(1);
    const before = records.get(key) ?? null;
    if (gapMs !== undefined) await sleep(gapMs);
    const { record, result } = run(before, monotonicMs());
    if (record === null) records.delete(key);
    else records.set(key, record);
    await sleep(1);
    return result;
  }

  function update(
    { key, owner, fence }: Claim,
    run: (record: KeyRecord | null, claim: ModelClaim, now: number) => ReturnType<StoreModel["complete"]>,
  ): Promise<"ok" | "lost"> {
    return operate(key, (before, now) => {
      const { record, ok } = run(before, { owner: numberOf(owner), fence }, now);
      return { record, result: ok ? "ok" : "lost" };
    });
  }

  return {
    name: "toy",
    claim: (key, { owner, leaseMs }) =>
      operate<ClaimResult>(key, (before, now) => {
        const { record, answer } = model.claim(before, numberOf(owner), now, leaseMs);
        if (answer === "completed") return { record, result: { state: "completed" } };
        if (answer === "in-flight") {
          return { record, result: { state: "in-flight", retryAfterMs: (record?.leaseEnd ?? now) - now } };
        }
        const { fence } = answer;
        const takeover = before?.state === "in-flight";
        return { record, result: { state: "claimed", fence, attempt: fence, takeover } };
      }),
    extend: (claim, leaseMs) =>
      update(claim, (record, held, now) => model.extend(record, held, now + leaseMs)),
    complete: (claim) => update(claim, (record, held) => model.complete(record, held)),
    fail: (claim) => update(claim, (record, held, now) => model.fail(record, held, now)),
    purge: () => 0,
    close: () => {},
  };
}
