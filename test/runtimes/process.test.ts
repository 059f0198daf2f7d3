import { beforeAll, describe, expect, test } from "vitest";
import { binaryOf, processRuntimes, runScript, versionOf, writeScript } from "./runtime.ts";
import type { SmokeReport } from "./smoke/check.ts";
import { commonChecks } from "./smoke/common-checks.ts";
import { resultOf } from "./smoke/result-of.ts";
import { sqliteChecks } from "./smoke/sqlite-checks.ts";

beforeAll(writeScript);

describe.each(processRuntimes)("$name", (runtime) => {
  const binary = binaryOf(runtime);
  if ("missing" in binary) {
    test("is installed", (context) => {
      if (process.env.CI) expect.fail(binary.missing);
      context.skip(binary.missing);
    });
    return;
  }

  let report: SmokeReport;
  beforeAll(async () => {
    report = await runScript(runtime, binary.path);
  });

  test("is what it says", async () => {
    expect(await versionOf(binary.path)).toMatch(runtime.version);
  });

  test("uses node:crypto", () => {
    expect(report.crypto).toBe("node:crypto");
  });

  test(`takes ${runtime.sqliteDriver} for SQLite`, () => {
    expect(report.sqliteDriver).toBe(runtime.sqliteDriver);
  });

  test.each([...commonChecks, ...sqliteChecks].map(({ name }) => name))("%s", (name) => {
    expect(resultOf(report, name)).toBe("passed");
  });
});
