import { contractModel, type KeyRecord } from "../../model/store-model.ts";
import type { Operation } from "./history.ts";

/** A history that no sequential order explains. */
export interface Violation {
  readonly key: string;
  /** As much of the history as some order explains; what comes next in it cannot follow. */
  readonly explained: number;
  readonly operations: readonly Operation[];
}

/** How far the stores' clocks, which count in milliseconds, may be from the clients'. */
const slackMs = 3;

/**
 * Looks, key by key, for an order of the operations that is consistent with real time (an operation takes effect
 * between its call and its answer) and in which every answer is what `contractModel` says. Returns the first key for
 * which there is none. After Wing and Gong, with the memory of Lowe (https://doi.org/10.1002/cpe.3928).
 *
 * The contract's clock is real time too: a claim may take over only where the lease can have ended by then, and may be
 * refused only where it can still have lasted.
 */
export function findViolation(operations: readonly Operation[]): Violation | undefined {
  const byKey = new Map<string, Operation[]>();
  for (const operation of operations) {
    byKey.set(operation.key, [...(byKey.get(operation.key) ?? []), operation]);
  }
  for (const [key, history] of byKey) {
    const sorted = history.sort((a, b) => a.invokedAt - b.invokedAt);
    const explained = explain(sorted);
    if (explained < sorted.length) return { key, explained, operations: sorted };
  }
  return undefined;
}

/** The state of a key after some operations. */
interface State {
  readonly record: KeyRecord | null;
  /** The greatest fencing token so far, as the store gave it out. */
  readonly fence: number;
  /** No earlier than this did the last of the operations take effect. */
  readonly now: number;
  /** When the lease ends, at the earliest and at the latest. */
  readonly leaseEnd: readonly [earliest: number, latest: number];
}

const unseen: State = { record: null, fence: 0, now: 0, leaseEnd: [0, 0] };

/** How many operations the longest order has that can be explained; all of them, where the history is linearizable. */
function explain(history: readonly Operation[]): number {
  const done = history.map(() => false);
  const seen = new Set<string>();
  let longest = 0;

  /** `first`: the operations before it are all done. */
  function search(state: State, first: number, count: number): boolean {
    longest = Math.max(longest, count);
    while (done[first] === true) first++;
    if (first === history.length) return true;
    const known = describe(state, first);
    if (seen.has(known)) return false;
    seen.add(known);
    let firstAnswer = Number.POSITIVE_INFINITY;
    for (let index = first; index < history.length; index++) {
      const operation = history[index];
      if (operation === undefined || operation.invokedAt > firstAnswer) break;
      if (done[index] === true) continue;
      firstAnswer = Math.min(firstAnswer, operation.respondedAt);
      const next = apply(state, operation, index);
      if (next === undefined) continue;
      done[index] = true;
      if (search(next, first, count + 1)) return true;
      done[index] = false;
    }
    return false;
  }

  function describe({ record, leaseEnd }: State, first: number): string {
    const later = history.flatMap((_, index) => (index > first && done[index] === true ? [index] : []));
    return [first, later, record?.state, record?.owner, record?.fence, leaseEnd].join(" ");
  }

  search(unseen, 0, 0);
  return longest;
}

/** The state after an operation, or undefined where the contract gives another answer than the store did. */
function apply(state: State, operation: Operation, index: number): State | undefined {
  const now = Math.max(state.now, operation.invokedAt);
  if (operation.do === "claim") return applyClaim({ ...state, now }, operation, index);
  const { record, fence } = state;
  const isCurrent = record !== null && fence === operation.fence;
  const claim = { owner: isCurrent ? record.owner : -1, fence: record?.fence ?? 0 };
  const update =
    operation.do === "extend"
      ? contractModel.extend(record, claim, leaseEndTick)
      : operation.do === "complete"
        ? contractModel.complete(record, claim)
        : contractModel.fail(record, claim, beforeTick);
  if (update.ok !== (operation.answer === "ok")) return undefined;
  const leaseEnd =
    operation.do === "extend" && update.ok ? leaseFrom(now, operation, operation.leaseMs) : state.leaseEnd;
  return { record: update.record, fence, now, leaseEnd };
}

/** To the model a lease ends at one tick, and a claim comes at that one or before; which, the answer says. */
const beforeTick = 0;
const leaseEndTick = 1;

function applyClaim(
  state: State,
  operation: Operation & { readonly do: "claim" },
  index: number,
): State | undefined {
  const { record, now } = state;
  const { answer, leaseMs, respondedAt } = operation;
  const tick = answer.state === "claimed" ? leaseEndTick : beforeTick;
  const expected = contractModel.claim(record, index, tick, leaseEndTick - tick);
  if (typeof expected.answer === "string") {
    if (answer.state !== expected.answer) return undefined;
    const [, latest] = state.leaseEnd;
    return answer.state === "in-flight" && now > latest + slackMs ? undefined : state;
  }
  if (answer.state !== "claimed" || answer.fence <= state.fence) return undefined;
  // Each claim that is won counts one up, in the model's fencing tokens as in the store's attempts.
  const takeover = record?.state === "in-flight";
  if (answer.attempt !== expected.answer.fence || answer.takeover !== takeover) return undefined;
  const [earliest] = state.leaseEnd;
  if (takeover && respondedAt < earliest - slackMs) return undefined;
  return { record: expected.record, fence: answer.fence, now, leaseEnd: leaseFrom(now, operation, leaseMs) };
}

function leaseFrom(now: number, { respondedAt }: Operation, leaseMs: number): State["leaseEnd"] {
  return [now + leaseMs, respondedAt + leaseMs];
}
