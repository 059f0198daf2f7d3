import type { SkippedCase } from "@latchhook/testing";

const reason = "the sender signs nothing, and what it sends does not bind the body";

/** The cases of `providerContract` that a sender cannot pass which sends a secret as it is. */
export const unboundBody: readonly SkippedCase[] = [
  { case: "a body with any one bit flipped is refused", reason },
  { case: "a body that a parser would take for the same is refused", reason },
];
