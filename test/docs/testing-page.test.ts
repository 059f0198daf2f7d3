import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { readPage } from "./support/pages.ts";
import { type SnippetProject, writeSnippets } from "./support/snippet-project.ts";

const require = createRequire(import.meta.url);
const vitest = join(dirname(require.resolve("vitest/package.json")), "vitest.mjs");

interface Report {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
}

/** Runs the tests that a page shows, as its reader would. */
async function runTestsOf(path: string, project: SnippetProject): Promise<Report> {
  const folder = join(project.folder, path.replace(/\.md$/, "").replaceAll("/", "-"));
  // A reader's project has a configuration of its own; without one, Vitest would find the repository's.
  writeFileSync(join(folder, "vitest.config.js"), "export default {};\n");
  const { stdout } = await promisify(execFile)(process.execPath, [vitest, "run", "--reporter", "json"], {
    cwd: folder,
    timeout: 100_000,
    killSignal: "SIGKILL",
  }).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`The page's tests failed:\n${error.stdout}\n${error.stderr}`);
  });
  return JSON.parse(stdout) as Report;
}

describe("the tests that pages show pass, as they stand", () => {
  const pages = ["docs/testing.md", "docs/custom-provider.md"].map(readPage);
  const project = writeSnippets(pages);
  afterAll(project.remove);

  it("docs/testing.md", async () => {
    const shown = pages[0]?.fences.flatMap(({ text }) => text.match(/^test\(/gm) ?? []).length ?? 0;
    const { numPassedTests, numTotalTests } = await runTestsOf("docs/testing.md", project);
    expect(shown).toBeGreaterThan(0);
    expect([numPassedTests, numTotalTests]).toEqual([shown, shown]);
  }, 120_000);

  it("docs/custom-provider.md: the whole contract", async () => {
    const { numPassedTests, numTotalTests } = await runTestsOf("docs/custom-provider.md", project);
    expect(numTotalTests).toBeGreaterThan(20);
    expect(numPassedTests).toBe(numTotalTests);
  }, 120_000);
});
