/** One case of a contract suite: `it(name, run)` in any test runner. */
export interface ContractCase {
  /** What must hold. A case that is skipped says so here, with its reason. */
  readonly name: string;
  /** Rejects, with an AssertionError, when the contract is broken. */
  readonly run: (...testContext: readonly unknown[]) => Promise<void>;
}

/** A case that an implementation cannot pass, and why. */
export interface SkippedCase {
  /** The case's name, exactly. */
  readonly case: string;
  /** Why, in a sentence: it is shown as part of the case's name. */
  readonly reason: string;
}

/**
 * Marks the cases in `skip` as skipped: the reason becomes part of the name, and `run` tells the runner where it can
 * (`skip` on what Vitest and node:test hand to a test).
 *
 * @throws Error when `skip` names a case that does not exist or states no reason: a stale skip would hide nothing.
 */
export function applySkips(
  cases: readonly ContractCase[],
  skip: readonly SkippedCase[] = [],
): readonly ContractCase[] {
  for (const skipped of skip) {
    if (!cases.some(({ name }) => name === skipped.case)) {
      throw new Error(`skip names no case of this contract: "${skipped.case}".`);
    }
    if (skipped.reason.trim() === "") throw new Error(`skip of "${skipped.case}" needs a reason.`);
  }
  return cases.map((contractCase) => {
    const skipped = skip.find((one) => one.case === contractCase.name);
    return skipped === undefined ? contractCase : skippedCase(contractCase, skipped.reason);
  });
}

function skippedCase({ name }: ContractCase, reason: string): ContractCase {
  return {
    name: `${name} (skipped: ${reason})`,
    // A rest parameter, for runners that take a declared parameter for a "done" callback.
    async run(...[testContext]) {
      if (canSkip(testContext)) testContext.skip(reason);
    },
  };
}

function canSkip(testContext: unknown): testContext is { skip(reason: string): void } {
  return (
    typeof testContext === "object" &&
    testContext !== null &&
    "skip" in testContext &&
    typeof testContext.skip === "function"
  );
}
