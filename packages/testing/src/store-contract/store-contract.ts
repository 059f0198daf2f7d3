import { claimCases } from "./cases/claim-cases.ts";
import { commitCases, noCommitCases } from "./cases/commit-cases.ts";
import { blockedCases, closeCases } from "./cases/failure-cases.ts";
import { fencingCases } from "./cases/fencing-cases.ts";
import { inboxCommitCases } from "./cases/inbox-commit-cases.ts";
import { inboxExpiryCases } from "./cases/inbox-expiry-cases.ts";
import { inboxReadingCases } from "./cases/inbox-reading-cases.ts";
import { inboxStateCases } from "./cases/inbox-state-cases.ts";
import { inboxWritingCases, noInboxCases } from "./cases/inbox-writing-cases.ts";
import { purgeCases } from "./cases/purge-cases.ts";
import { raceCases } from "./cases/race-cases.ts";
import { reopenCases } from "./cases/reopen-cases.ts";
import { applySkips, type ContractCase } from "./contract-case.ts";
import { type CaseTable, defineCases } from "./define-case.ts";
import type { StoreContractOptions, StoreFixture } from "./options.ts";

function inboxTables({
  inbox,
  transaction,
}: Pick<StoreContractOptions<never, never>, "inbox" | "transaction">): readonly CaseTable[] {
  if (inbox !== true) return [noInboxCases];
  const tables = [inboxWritingCases, inboxStateCases, inboxReadingCases, inboxExpiryCases, reopenCases];
  return transaction === undefined ? tables : [...tables, inboxCommitCases];
}

/**
 * The contract of a store, as test cases for any runner. It is the definition of `Store`.
 *
 * ```ts
 * describe("my store", () => {
 *   for (const { name, run } of storeContract({ create: () => ({ store: myStore() }) })) it(name, run);
 * });
 * ```
 *
 * Every case makes a store of its own and closes it. Cases that need a hook (`transaction`, `block`) are listed only
 * where it is given; a store that has `commit` cannot pass without `transaction`, nor one that has an inbox without `inbox`. A case that a store cannot pass is
 * named in `skip` with a reason, which shows in the case's name.
 *
 * @throws Error when `skip` names no case of the contract or gives no reason.
 */
export function storeContract<Transaction, Fixture extends StoreFixture<Transaction>>(
  options: StoreContractOptions<Transaction, Fixture>,
): readonly ContractCase[] {
  const tables: readonly CaseTable[] = [
    claimCases,
    raceCases,
    fencingCases,
    purgeCases,
    options.transaction === undefined ? noCommitCases : commitCases,
    ...inboxTables(options),
    ...(options.block === undefined ? [] : [blockedCases]),
    closeCases,
  ];
  return applySkips(
    tables.flatMap((table) => defineCases(table, options)),
    options.skip,
  );
}
