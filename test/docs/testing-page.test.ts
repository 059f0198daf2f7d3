import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import { readPage } from "./support/pages.ts";
import { writeSnippets } from "./support/snippet-project.ts";

const page = readPage("docs/testing.md");
const project = writeSnippets([page]);
afterAll(project.remove);

const require = createRequire(import.meta.url);
const vitest = join(dirname(require.resolve("vitest/package.json")), "vitest.mjs");

interface Report {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
}

it("the tests that docs/testing.md shows pass, as they stand", async () => {
  const shown = page.fences.flatMap(({ text }) => text.match(/^test\(/gm) ?? []).length;
  const folder = join(project.folder, "docs-testing");
  // A reader's project has a configuration of its own; without one, Vitest would find the repository's.
  writeFileSync(join(folder, "vitest.config.js"), "export default {};\n");
  const { stdout } = await promisify(execFile)(process.execPath, [vitest, "run", "--reporter", "json"], {
    cwd: folder,
    timeout: 100_000,
    killSignal: "SIGKILL",
  }).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`The page's tests failed:\n${error.stdout}\n${error.stderr}`);
  });
  const { numPassedTests, numTotalTests } = JSON.parse(stdout) as Report;
  expect(shown).toBeGreaterThan(0);
  expect([numPassedTests, numTotalTests]).toEqual([shown, shown]);
}, 120_000);
