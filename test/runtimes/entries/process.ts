// For runtimes with a process of their own: prints the report as one line of JSON.
import { runChecks, type SmokeReport } from "../smoke/check.ts";
import { commonChecks } from "../smoke/common-checks.ts";
import { sqliteChecks, usedSqliteDriver } from "../smoke/sqlite-checks.ts";
import { usedCrypto } from "../smoke/verify-checks.ts";

const report: SmokeReport = {
  crypto: usedCrypto(),
  sqliteDriver: await usedSqliteDriver(),
  results: await runChecks([...commonChecks, ...sqliteChecks]),
};
console.log(JSON.stringify(report));
