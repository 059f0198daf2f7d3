import type { SmokeCheck } from "./check.ts";
import { receiverChecks } from "./receiver-checks.ts";
import { verifyChecks } from "./verify-checks.ts";

/** What every runtime must pass. */
export const commonChecks: readonly SmokeCheck[] = [...verifyChecks, ...receiverChecks];
