// For runtimes with a process of their own: prints the report as one line of JSON.
import { runChecks, type SmokeReport } from "../smoke/check.ts";
import { commonChecks } from "../smoke/common-checks.ts";
import { usedCrypto } from "../smoke/verify-checks.ts";

const report: SmokeReport = { crypto: usedCrypto(), results: await runChecks(commonChecks) };
console.log(JSON.stringify(report));
