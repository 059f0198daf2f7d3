import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { execute, root } from "./pack.ts";
import { installTarballs, type ScratchProject } from "./scratch.ts";
import { importSpecifiers } from "./subpaths.ts";

let project: ScratchProject;
let specifiers: readonly string[];

beforeAll(async () => {
  project = await installTarballs();
  specifiers = project.packages.flatMap(importSpecifiers);
}, 180_000);
afterAll(() => project.remove());

/** Runs a script in the project and returns what it prints as JSON. */
async function runScript(name: string, code: string): Promise<unknown> {
  await writeFile(join(project.folder, name), code);
  const { stdout } = await execute(process.execPath, ["--no-warnings", name], { cwd: project.folder });
  return JSON.parse(stdout);
}

/** What a module exports, by specifier. */
function exportsScript(load: string): string {
  return `
    const names = {};
    for (const specifier of ${JSON.stringify(specifiers)}) names[specifier] = Object.keys(${load}).sort();
    console.log(JSON.stringify(names));
  `;
}

describe("a project with the tarballs installed", () => {
  test("imports and requires every subpath, to the same names", async () => {
    const imported = await runScript("import-all.js", exportsScript("await import(specifier)"));
    const required = await runScript("require-all.cjs", exportsScript("require(specifier)"));
    expect(Object.keys(imported as object)).toEqual(specifiers);
    expect(imported).toMatchObject({
      "@latchhook/core": expect.arrayContaining(["createReceiver", "verifyWebhook"]),
      "@latchhook/core/providers/ai-stats": ["aiStats", "aiStatsChanges", "aiStatsStatuses"],
      "@latchhook/hono": ["webhook"],
      "@latchhook/stores/sqlite": ["sqliteStore"],
    });
    expect(required).toEqual(imported);
  });

  test("reaches no file that is not meant for users", async () => {
    const hidden = [
      "core/dist/index.js",
      "core/providers/ai-stats/headers",
      "stores/shared/coalesce",
      "stores/postgres/statements",
    ];
    const code = `
      const codes = [];
      for (const path of ${JSON.stringify(hidden)})
        codes.push(await import("@latchhook/" + path).then(() => path, (error) => error.code));
      console.log(JSON.stringify(codes));
    `;
    expect(await runScript("hidden.js", code)).toEqual(hidden.map(() => "ERR_PACKAGE_PATH_NOT_EXPORTED"));
  });

  test.each([
    { module: "nodenext", moduleResolution: "nodenext" },
    { module: "esnext", moduleResolution: "bundler" },
  ])("type-checks strictly, the libraries too, under $moduleResolution", async (resolution) => {
    const imports = specifiers.map((specifier, index) => `export * as m${index} from "${specifier}";`);
    await writeFile(join(project.folder, "every-subpath.ts"), imports.join("\n"));
    const compilerOptions = {
      ...resolution,
      target: "es2023",
      lib: ["es2023", "dom", "dom.iterable"],
      types: ["node"],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
    };
    const name = `tsconfig.${resolution.moduleResolution}.json`;
    await writeFile(join(project.folder, name), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    const errors = await typeErrors(name);
    expect(errors.filter((line) => !isAboutNext(line))).toEqual([]);
  });
});

/** What the compiler says, a line for each error. */
async function typeErrors(configuration: string): Promise<string[]> {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  try {
    await execute(process.execPath, [compiler, "-p", configuration], { cwd: project.folder });
    return [];
  } catch (error) {
    const printed = (error as { readonly stdout: string }).stdout;
    return printed.split(/\n(?=\S)/).map((line) => line.trim());
  }
}

/** Next's own declarations do not check: they name files and types that are not there. */
function isAboutNext(line: string): boolean {
  return /^node_modules\/\.pnpm\/next@[^(]*\(/.test(line);
}
