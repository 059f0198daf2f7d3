// Prints "N passed, N failed, N skipped" from the JSON report of Vitest, and fails unless all is well.
// Usage: node count-tests.js <report> <exit status of the run>
import { existsSync, readFileSync } from "node:fs";

const [, , path, status] = process.argv;
const counts = { passed: 0, failed: 0, skipped: 0 };

if (existsSync(path)) {
  const report = JSON.parse(readFileSync(path, "utf8"));
  counts.passed = report.numPassedTests;
  counts.skipped = report.numPendingTests + report.numTodoTests;
  // A file that could not be loaded has failed without a failed test.
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  counts.failed = report.numFailedTests + broken.length;
}

// What failed outside a test (a step before them, a crash of the runner, no tests at all) counts as one failure.
const isGood = status === "0" && counts.passed > 0;
if (!isGood && counts.failed === 0) counts.failed = 1;

console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;
