import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { importSpecifiers, namedFiles, node10Specifiers } from "./entry-points.ts";
import { execute, makeTemporaryFolder, type PackedPackage, packAll, publicPackages, root } from "./pack.ts";

let folder: string;
let packages: readonly PackedPackage[];

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  packages = [...(await packAll(folder)).values()];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const esm = ["node", "import"];
const cjs = ["node", "require"];

test("what can be imported is what surface.txt says: a new path is a promise, to be made on purpose", async () => {
  const importable = packages.flatMap((packed) => importSpecifiers(packed, esm));
  // `npx -y pnpm@10.34.9 exec vitest run test/packaging/surface.test.ts --update` writes it anew.
  await expect(`${importable.join("\n")}\n`).toMatchFileSnapshot("surface.txt");
});

describe.each(publicPackages)("%s", (name) => {
  function packed(): PackedPackage {
    const found = packages.find((one) => one.name === name);
    if (found === undefined) throw new Error(`${name} was not packed`);
    return found;
  }

  test("opens the same to import, to require, and to TypeScript that knows no exports", () => {
    const imported = importSpecifiers(packed(), esm);
    expect(importSpecifiers(packed(), cjs)).toEqual(imported);
    expect(node10Specifiers(packed())).toEqual(imported);
  });

  test("names no file that is not packed, and no wildcard", () => {
    const { manifest, files } = packed();
    expect(Object.keys(manifest.exports).filter((subpath) => subpath.includes("*"))).toEqual([]);
    expect(namedFiles(packed()).filter((file) => !files.includes(file))).toEqual([]);
  });
});

test("manifests are as `npx -y pnpm@10.34.9 exports` writes them", async () => {
  const script = join(root, "scripts/write-exports.js");
  const { stderr } = await execute(process.execPath, [script, "--check"]).catch((error) => error);
  expect(stderr).toBe("");
});
