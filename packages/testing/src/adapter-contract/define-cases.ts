import type { ContractCase } from "../store-contract/contract-case.ts";
import type { Serve } from "./trial.ts";

/** Cases by name, for one adapter. */
export function defineCases(
  casesFor: (serve: Serve) => Readonly<Record<string, () => Promise<void>>>,
): (serve: Serve) => readonly ContractCase[] {
  return (serve) => Object.entries(casesFor(serve)).map(([name, run]) => ({ name, run: () => run() }));
}
