import { readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join, posix } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportSubpaths } from "./entry-points.ts";
import { makeTemporaryFolder, type PackedPackage, packAll, publicPackages, root } from "./pack.ts";

/** What is read of a source map. */
interface SourceMap {
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly (string | null)[];
}

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

  test("has a map for each file, and every source that a map names", async () => {
    const { folder: unpacked, files } = packed();
    const built = files.filter((file) => /^dist\/.*\.(js|d\.ts)$/.test(file));
    expect(built.filter((file) => !files.includes(`${file}.map`))).toEqual([]);
    for (const file of built) {
      const map = JSON.parse(await readFile(join(unpacked, `${file}.map`), "utf8")) as SourceMap;
      const absent = map.sources.filter(
        (source, index) =>
          !map.sourcesContent?.[index] && !files.includes(posix.join(posix.dirname(file), source)),
      );
      expect(absent, file).toEqual([]);
    }
  });

  test("holds the licence of what is inlined", async () => {
    const { folder: unpacked, files } = packed();
    const maps = files.filter((file) => file.endsWith(".js.map"));
    const texts = await Promise.all(maps.map((file) => readFile(join(unpacked, file), "utf8")));
    const sources = texts.flatMap((text) => (JSON.parse(text) as SourceMap).sources);
    const inlined = new Set(sources.filter((source) => !source.startsWith("../")).map(packageOf));
    const licences = inlined.size > 0 ? await readFile(join(unpacked, "dist/NOTICES"), "utf8") : "";
    for (const name of inlined) expect(licences).toMatch(new RegExp(`^${name} \\d[^]*copyright`, "im"));
    expect(inlined.size > 0).toBe(name === "@latchhook/core");
  });

  test("has each declaration's source, and each declaration for both module systems", () => {
    const { files } = packed();
    const declarations = files.filter((file) => file.endsWith(".d.ts"));
    const wanted = declarations.flatMap((file) => {
      const path = file.replace(/^dist\/(esm|cjs)\//, "");
      return [`src/${path.replace(/\.d\.ts$/, ".ts")}`, `dist/esm/${path}`, `dist/cjs/${path}`];
    });
    expect(wanted.filter((file) => !files.includes(file))).toEqual([]);
  });

  test("passes publint", async () => {
    const { buffer } = new Uint8Array(await readFile(packed().tarball));
    const { messages } = await publint({ pack: { tarball: buffer }, strict: true });
    // `imports` works in a nested package.json: Node.js looks for it in the nearest one. The CommonJS consumers use it.
    const wrong = messages.filter(
      ({ code, args }) => !(code === "NESTED_PACKAGE_JSON_FIELD_IGNORED" && args.field === "imports"),
    );
    expect(wrong).toEqual([]);
  });

  test("passes Are The Types Wrong, every subpath of it", async () => {
    const data = new Uint8Array(await readFile(packed().tarball));
    const entrypoints = exportSubpaths(packed(), ["import"]);
    const result = await checkPackage(createPackageFromTarballData(data), { entrypoints });
    if (result.types === false) throw new Error("no types were found");
    expect(result.problems).toEqual([]);
    expect(Object.keys(result.entrypoints).sort()).toEqual([...entrypoints].sort());
  });
});

/** `zod` of `zod/v4/core/parse.js`, as a map names it. */
function packageOf(source: string): string {
  return source.split("/", source.startsWith("@") ? 2 : 1).join("/");
}
