import fc from "fast-check";
import type { ContractCase } from "./contract-case.ts";
import { createModel, type StoreModel } from "./model.ts";
import type { StoreContractOptions, StoreFixture } from "./options.ts";

/** A store whose clock the test moves: `create` passes `now` on to it. */
export interface StoreModelOptions<Transaction, Fixture extends StoreFixture<Transaction>>
  extends Pick<StoreContractOptions<Transaction, Fixture>, "create" | "destroy"> {
  /** How many random histories to try. Default: 100. */
  readonly runs?: number | undefined;
}

/** One step of a history. Numbers choose among few keys, owners and claims, so that steps meet. */
type Step =
  | ClaimStep
  | { readonly do: "extend"; readonly claim: number; readonly wrong: Wrong; readonly leaseMs: number }
  | { readonly do: "complete"; readonly claim: number; readonly wrong: Wrong; readonly retainMs: number }
  | { readonly do: "fail"; readonly claim: number; readonly wrong: Wrong }
  | { readonly do: "purge"; readonly limit: number }
  | { readonly do: "wait"; readonly ms: number };

interface ClaimStep {
  readonly do: "claim" | "reopen";
  readonly key: number;
  readonly owner: number;
  readonly leaseMs: number;
  readonly retainMs: number;
}

/** What is not as in the claim that was won. */
type Wrong = "nothing" | "owner" | "fence";

/**
 * Compares a store with a model of the contract, over random histories of claims, ends, purges and time: one more
 * case for the runner. A failure shows the shortest history that it can find, and the seed to repeat it.
 */
export function storeModel<Transaction, Fixture extends StoreFixture<Transaction>>(
  options: StoreModelOptions<Transaction, Fixture>,
): ContractCase {
  return {
    name: "model: every history of claims, ends, reopenings, purges and time is as the contract says",
    async run() {
      const history = fc.array(step, { minLength: 1, maxLength: 40, size: "max" });
      const property = fc.asyncProperty(history, (steps) => compare(options, steps));
      await fc.assert(property, { numRuns: options.runs ?? 100 });
    },
  };
}

async function compare<Transaction, Fixture extends StoreFixture<Transaction>>(
  options: StoreModelOptions<Transaction, Fixture>,
  steps: readonly Step[],
): Promise<void> {
  let time = 1_000;
  const now = (): number => time;
  const fixture = await options.create({ now });
  try {
    const model = createModel(fixture.store, now);
    for (const one of steps) {
      if (one.do === "wait") time += one.ms;
      else await apply(model, one);
    }
  } finally {
    await fixture.store.close();
    await options.destroy?.(fixture);
  }
}

async function apply(model: StoreModel, one: Exclude<Step, { do: "wait" }>): Promise<void> {
  if (one.do === "purge") return model.purge(one.limit);
  if ("owner" in one) {
    const { leaseMs, retainMs } = one;
    return model[one.do](keys[one.key] ?? "", { owner: `owner ${one.owner}`, leaseMs, retainMs });
  }
  const won = model.claims[one.claim % Math.max(1, model.claims.length)];
  if (won === undefined) return;
  const claim = {
    key: won.key,
    owner: one.wrong === "owner" ? "nobody" : won.owner,
    fence: one.wrong === "fence" ? won.fence + 1 : won.fence,
  };
  if (one.do === "extend") return model.extend(claim, one.leaseMs);
  if (one.do === "complete") return model.complete(claim, one.retainMs);
  return model.fail(claim);
}

const keys = ["1", "2", "3"].map((digit) => digit.repeat(64));

const leaseMs = fc.integer({ min: 1, max: 20 }).map((seconds) => seconds * 1_000);
const retainMs = fc.oneof({ weight: 4, arbitrary: leaseMs }, fc.constant(Number.POSITIVE_INFINITY));
const wrong = fc.oneof(
  { weight: 6, arbitrary: fc.constant("nothing" as const) },
  fc.constantFrom("owner" as const, "fence" as const),
);
const claim = fc.nat({ max: 20 });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.oneof({ weight: 4, arbitrary: fc.constant("claim" as const) }, fc.constant("reopen" as const)),
      key: fc.nat({ max: keys.length - 1 }),
      owner: fc.nat({ max: 2 }),
      leaseMs,
      retainMs,
    }),
  },
  fc.record({ do: fc.constant("extend" as const), claim, wrong, leaseMs }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant("complete" as const), claim, wrong, retainMs }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("fail" as const), claim, wrong }) },
  fc.record({ do: fc.constant("purge" as const), limit: fc.integer({ min: 1, max: 4 }) }),
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.integer({ min: 1, max: 60 }).map((halves) => halves * 500),
    }),
  },
);
