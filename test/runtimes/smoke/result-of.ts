import type { SmokeReport } from "./check.ts";

/** How a check went: `"passed"`, or what was wrong. */
export function resultOf({ results }: SmokeReport, name: string): string {
  const result = results.find((candidate) => candidate.name === name);
  return result === undefined ? "it did not run" : (result.error ?? "passed");
}
