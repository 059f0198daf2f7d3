import { applySkips, type ContractCase, type SkippedCase } from "../store-contract/contract-case.ts";
import { bodyCases } from "./cases/body-cases.ts";
import { deliveryCases } from "./cases/delivery-cases.ts";
import { hangUpCases } from "./cases/hang-up-cases.ts";
import { httpCases } from "./cases/http-cases.ts";
import { listenerCases } from "./cases/listener-cases.ts";
import type { Serve } from "./trial.ts";

export type { AdapterServer, Earlier, Serve } from "./trial.ts";

export interface AdapterContractOptions {
  /**
   * Starts a real server of the framework on 127.0.0.1, with the webhook handler made of these options mounted for all
   * methods, and with what `earlier` says mounted before it.
   */
  readonly serve: Serve;
  /** Cases that the framework cannot pass, each with its reason. */
  readonly skip?: readonly SkippedCase[] | undefined;
}

/**
 * What every adapter owes its users, as cases for any test runner. They talk to the server over raw sockets, so that
 * senders that are slow, huge, broken or gone are part of it.
 *
 * ```ts
 * for (const { name, run } of adapterContract({ serve })) it(name, run);
 * ```
 */
export function adapterContract({ serve, skip }: AdapterContractOptions): readonly ContractCase[] {
  const cases = [deliveryCases, bodyCases, listenerCases, httpCases, hangUpCases].flatMap((casesFor) =>
    casesFor(serve),
  );
  return applySkips(cases, skip);
}
