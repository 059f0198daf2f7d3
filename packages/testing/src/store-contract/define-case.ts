import type { ContractCase } from "./contract-case.ts";
import type { StoreContractOptions, StoreFixture } from "./options.ts";
import { type Trial, withTrial } from "./trial.ts";

/** What a case does with a fresh store. */
export type TrialBody = <Transaction, Fixture extends StoreFixture<Transaction>>(
  trial: Trial<Transaction, Fixture>,
) => Promise<void>;

/** Cases by their name. */
export type CaseTable = Readonly<Record<string, TrialBody>>;

/** Binds cases to the store under test. */
export function defineCases<Transaction, Fixture extends StoreFixture<Transaction>>(
  table: CaseTable,
  options: StoreContractOptions<Transaction, Fixture>,
): readonly ContractCase[] {
  return Object.entries(table).map(([name, body]) => ({ name, run: () => withTrial(options, body) }));
}
