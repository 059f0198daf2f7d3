import { readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { problemAffectsResolutionKind } from "@arethetypeswrong/core/problems";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTemporaryFolder, type PackedPackage, packAll, publicPackages, root } from "./pack.ts";
import { exportSubpaths } from "./subpaths.ts";

let folder: string;
let packages: ReadonlyMap<string, PackedPackage>;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  packages = await packAll(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(publicPackages)("the tarball of %s", (name) => {
  function packed(): PackedPackage {
    const found = packages.get(name);
    if (found === undefined) throw new Error(`${name} was not packed`);
    return found;
  }

  test("holds README, licence and code, and no tests and no build state", () => {
    const { files } = packed();
    expect(["README.md", "LICENSE", "package.json"].filter((file) => !files.includes(file))).toEqual([]);
    expect(files.filter((file) => /^dist\/.*\.js$/.test(file))).not.toEqual([]);
    expect(files.filter((file) => !/^(dist|src|bin|[^/]+$)/.test(file))).toEqual([]);
    expect(files.filter((file) => /(^|\/)tests?\/|\.test\.|tsbuildinfo|node_modules/.test(file))).toEqual([]);
  });

  test("names versions where the workspace has links", () => {
    const { dependencies = {}, peerDependencies = {}, version } = packed().manifest;
    for (const [dependency, range] of Object.entries({ ...dependencies, ...peerDependencies })) {
      if (dependency.startsWith("@latchhook/")) expect(range, dependency).toBe(`^${version}`);
      expect(range, dependency).toMatch(/^(\^|>=|~)?\d/);
    }
  });

  test("says what a registry shows", () => {
    expect(packed().manifest).toMatchObject({
      description: expect.stringMatching(/\.$/),
      license: "MIT",
      type: "module",
      sideEffects: false,
      engines: { node: ">=20.19" },
      keywords: expect.arrayContaining(["webhook"]),
    });
  });

  test("holds no path of the machine it was built on", async () => {
    const { folder: unpacked, files } = packed();
    const contents = await Promise.all(files.map((file) => readFile(join(unpacked, file), "utf8")));
    const places = [root.replace(/\/$/, ""), ...(homedir() === "/" ? [] : [homedir()])];
    const named = files.filter((_, index) => places.some((place) => contents[index]?.includes(place)));
    expect(named).toEqual([]);
  });

  test("has a source map and the source for each file", () => {
    const { files } = packed();
    const missing = files
      .filter((file) => /^dist\/.*(?<!\.d)\.ts$|^dist\/.*\.js$/.test(file))
      .flatMap((file) => [`${file}.map`, file.replace(/^dist/, "src").replace(/\.js$/, ".ts")])
      .filter((file) => !files.includes(file));
    expect(missing).toEqual([]);
  });

  test("passes publint", async () => {
    const { buffer } = new Uint8Array(await readFile(packed().tarball));
    const { messages } = await publint({ pack: { tarball: buffer }, strict: true });
    expect(messages).toEqual([]);
  });

  test("passes Are The Types Wrong, every subpath of it", async () => {
    const data = new Uint8Array(await readFile(packed().tarball));
    const entrypoints = exportSubpaths(packed());
    const result = await checkPackage(createPackageFromTarballData(data), { entrypoints });
    if (result.types === false) throw new Error("no types were found");
    // ESM only: Node's require() of ESM is checked by running it, and `node10` knows no exports.
    const problems = result.problems.filter((problem) =>
      (["node16-esm", "bundler"] as const).some((kind) =>
        problemAffectsResolutionKind(problem, kind, result),
      ),
    );
    expect(problems).toEqual([]);
    expect(Object.keys(result.entrypoints).sort()).toEqual([...entrypoints].sort());
  });
});
