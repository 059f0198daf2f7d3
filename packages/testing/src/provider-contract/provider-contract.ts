import { applySkips, type ContractCase } from "../store-contract/contract-case.ts";
import { constructionCases } from "./construction-cases.ts";
import { headerCases } from "./header-cases.ts";
import type { ProviderContractOptions } from "./options.ts";
import { readingCases } from "./reading-cases.ts";
import { bindCases } from "./trial.ts";
import { verificationCases } from "./verification-cases.ts";

/**
 * The contract that every provider keeps, as cases for any test runner.
 *
 * @example
 * const cases = providerContract({
 *   provider: (secret) => acme({ secret }),
 *   secrets: ["acme-secret-1", "acme-secret-2"],
 *   sign: signAcme,
 *   samples: [{ name: "done", attempts: [first, second], type: "render.done", known: true, job: null }],
 *   requiredHeaders: ["acme-signature", "acme-timestamp"],
 * });
 * for (const { name, run } of cases) it(name, run);
 */
export function providerContract(options: ProviderContractOptions): readonly ContractCase[] {
  const tables = [verificationCases, headerCases, readingCases, constructionCases];
  return applySkips(
    tables.flatMap((table) => bindCases(table, options)),
    options.skip,
  );
}
