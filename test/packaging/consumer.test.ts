import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { consumerFiles, describeCompilers, typeErrors } from "./consumers/compilers.ts";
import { describeNextStandalone } from "./consumers/next-standalone.ts";
import { describeRunners } from "./consumers/runners.ts";
import { root } from "./pack.ts";
import { installTarballs, runNode, type ScratchProject } from "./scratch.ts";

let project: ScratchProject;

beforeAll(async () => {
  project = await installTarballs();
}, 180_000);
afterAll(() => project?.remove());

describe("a project with the tarballs installed", () => {
  test("reaches no other file of a package, by no path that it could have", async () => {
    const { specifiers, packages, addFolder } = project;
    const open = new Set(specifiers);
    const guesses = packages.flatMap(({ name, files }) => files.flatMap((file) => pathsTo(file, name)));
    const hidden = [...new Set(guesses)].filter((specifier) => !open.has(specifier));
    const program = `
      import { createRequire } from "node:module";
      const require = createRequire(import.meta.url);
      const resolves = (resolve, specifier) => {
        try {
          return resolve(specifier) !== undefined;
        } catch (error) {
          return error.code !== "ERR_PACKAGE_PATH_NOT_EXPORTED";
        }
      };
      const reached = ${JSON.stringify(hidden)}.filter(
        (specifier) => resolves(import.meta.resolve, specifier) || resolves(require.resolve, specifier),
      );
      console.log(JSON.stringify(reached));
    `;
    const folder = await addFolder("hidden", "module", { "hidden.js": program });
    expect(hidden.length).toBeGreaterThan(500);
    expect(JSON.parse(await runNode(folder, "hidden.js"))).toEqual([]);
  });

  test("type-checks as its users write", async () => {
    const compilerOptions = {
      module: "nodenext",
      target: "es2023",
      lib: ["es2023", "dom", "dom.iterable"],
      types: ["node"],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
    };
    const folder = await project.addFolder("users", "module", {
      ...consumerFiles(["custom.ts", "express.ts", "hono.ts", "next.ts", "schemas.ts"]),
      "tsconfig.json": JSON.stringify({ compilerOptions, include: ["*.ts"] }),
    });
    expect(await typeErrors(join(root, "node_modules/typescript/bin/tsc"), folder)).toEqual([]);
  });

  describeCompilers(() => project);
  describeRunners(() => project);
  describeNextStandalone(() => project);
});

/** A packed file by its own path, and as if its folder or its build were the package's root. */
function pathsTo(file: string, name: string): string[] {
  const module = file.replace(/^(src|dist\/(esm|cjs))\//, "").replace(/(\.d)?\.(ts|js)(\.map)?$/, "");
  return [file, module, `${module}.js`, `internal/${module}`].map((path) => `${name}/${path}`);
}
