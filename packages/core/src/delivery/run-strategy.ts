import type { Outcome } from "../outcome.ts";
import type { Trusted } from "../reading/trust.ts";
import type { Passage } from "./passage.ts";

/**
 * How a trusted delivery is run once and marked done. Chosen when the receiver is made.
 *
 * @param onLost told the outcome when the right to run is lost while the callback still runs. The result is that of
 * the callback's own end, whenever it comes.
 */
export type RunStrategy = (
  trusted: Trusted,
  passage: Passage,
  onLost: (outcome: Outcome) => void,
) => Promise<Outcome>;
