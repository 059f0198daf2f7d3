import { type RefusalReason, refusalHints } from "@latchhook/core";
import type { Mark } from "../../page/glyphs.ts";
import { counted } from "../../page/words.ts";
import type { Refusals } from "../refused.ts";

/** What refusals look like, and why; each follows from counters. */
export interface Verdict {
  readonly kind: "forged" | "locked-out" | "other";
  readonly mark: Mark;
  readonly word: string;
  readonly why: string;
}

/** Refusals that a wrong secret, a proxy or a stranger can cause alike; only what else verified tells them apart. */
const undecided: ReadonlySet<string> = new Set([
  "signature-mismatch",
  "missing-signature",
  "malformed-signature",
  "unsupported-signature-version",
  "missing-timestamp",
  "missing-id",
]);

export function verdictOf(refusals: Refusals): Verdict {
  const { reason, provider, verifiedBeside, verifiedSince } = refusals;
  const hint = Object.hasOwn(refusalHints, reason) ? refusalHints[reason as RefusalReason] : "";
  if (!undecided.has(reason)) return { kind: "other", mark: "warn", word: "Refused", why: hint };
  if (verifiedBeside > 0) {
    return {
      kind: "forged",
      mark: "dismissed",
      word: reason === "signature-mismatch" ? "Looks forged" : "Looks like probing",
      why: `${counted(verifiedBeside, "genuine request")} of ${provider} verified in the same minutes, so the secret is right and no proxy rewrites bodies. Nothing to do here.`,
    };
  }
  if (!verifiedSince) {
    return {
      kind: "locked-out",
      mark: "fail",
      word: "Nothing verifies",
      why: `No request of ${provider} has verified since the first of these. ${hint}`,
    };
  }
  return {
    kind: "other",
    mark: "warn",
    word: "Passed",
    why: `Requests of ${provider} have verified since. ${hint}`,
  };
}
