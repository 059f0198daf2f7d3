import type { Claim, ClaimResult, ClaimUpdate, Store } from "@latchhook/core";
import { monotonicMs } from "../../apps/app/src/monotonic-ms.ts";

/** One operation, as its client saw it. Times are in milliseconds of one clock for all clients. */
export type Operation = {
  readonly key: string;
  /** Every claim has an owner of its own. */
  readonly owner: string;
  readonly invokedAt: number;
  readonly respondedAt: number;
} & Call;

export type Call =
  | { readonly do: "claim"; readonly leaseMs: number; readonly answer: ClaimResult }
  | { readonly do: "extend"; readonly fence: number; readonly leaseMs: number; readonly answer: ClaimUpdate }
  | { readonly do: "complete" | "fail"; readonly fence: number; readonly answer: ClaimUpdate };

export interface Recorder {
  readonly operations: Operation[];
  claim(key: string, owner: string, leaseMs: number): Promise<ClaimResult>;
  extend(claim: Claim, leaseMs: number): Promise<ClaimUpdate>;
  end(claim: Claim, how: "complete" | "fail"): Promise<ClaimUpdate>;
}

const retainMs = 600_000;

/** Notes down every operation on a store. An operation that rejects ends the recording: its effect is not known. */
export function recordOperations(store: Store<never>): Recorder {
  const operations: Operation[] = [];

  async function timed<Answer>(
    key: string,
    owner: string,
    operate: () => Answer | PromiseLike<Answer>,
    toCall: (answer: Answer) => Call,
  ): Promise<Answer> {
    const invokedAt = monotonicMs();
    const answer = await operate();
    operations.push({ key, owner, invokedAt, respondedAt: monotonicMs(), ...toCall(answer) });
    return answer;
  }

  return {
    operations,
    claim: (key, owner, leaseMs) =>
      timed(
        key,
        owner,
        () => store.claim(key, { owner, leaseMs, retainMs }),
        (answer) => ({ do: "claim", leaseMs, answer }),
      ),
    extend: (claim, leaseMs) =>
      timed(
        claim.key,
        claim.owner,
        () => store.extend(claim, leaseMs),
        (answer) => ({ do: "extend", fence: claim.fence, leaseMs, answer }),
      ),
    end: (claim, how) =>
      timed(
        claim.key,
        claim.owner,
        () => (how === "complete" ? store.complete(claim, { retainMs }) : store.fail(claim)),
        (answer) => ({ do: how, fence: claim.fence, answer }),
      ),
  };
}
