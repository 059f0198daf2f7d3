// Completes each package's manifest for every module system: `exports` and `imports` by condition, and for TypeScript
// that knows no `exports` (moduleResolution node10) `main`, `types` and `typesVersions`.
// A new entry needs its subpath and its source: `"./kit": "./src/kit.ts"`. Each file of `src/providers` is one.
// With `--check` it writes nothing, and fails where there is something to write.
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { moduleOf, packageFolders, readManifest, root, sourceCondition } from "./packages.js";

/** A manifest as it has to be. Changes nothing in one that is. */
function completeManifest(folder) {
  const { exports = {}, imports, main, types, typesVersions, ...rest } = readManifest(folder);
  const sources = { ...sourcesBySubpath(exports), ...providerSources(folder) };
  const subpaths = Object.keys(sources).sort((one, other) => (one < other ? -1 : 1));
  const forNode10 = subpaths.filter((subpath) => subpath !== ".");
  const complete = {};
  for (const [field, value] of Object.entries(rest)) {
    complete[field] = value;
    if (field !== "files") continue;
    if (sources["."] !== undefined) {
      const module = moduleOf(sources["."]);
      complete.main = `./dist/cjs/${module}.js`;
      complete.types = `./dist/cjs/${module}.d.ts`;
    }
    if (forNode10.length > 0) {
      const entries = forNode10.map((subpath) => [
        subpath.slice(2),
        [`./dist/cjs/${moduleOf(sources[subpath])}.d.ts`],
      ]);
      complete.typesVersions = { "*": Object.fromEntries(entries) };
    }
    complete.exports = Object.fromEntries(subpaths.map((subpath) => [subpath, exportOf(sources[subpath])]));
    if (imports !== undefined) complete.imports = mapSources(imports);
  }
  return complete;
}

/** Subpath to source file. Wildcards are not carried over: what can be imported is written out. */
function sourcesBySubpath(exports) {
  const entries = Object.entries(exports).map(([subpath, target]) => [
    subpath,
    typeof target === "string" ? target : target?.[sourceCondition],
  ]);
  return Object.fromEntries(entries.filter(([subpath, source]) => source && !subpath.includes("*")));
}

function providerSources(folder) {
  const providers = join(folder, "src/providers");
  if (!existsSync(providers)) return {};
  const files = readdirSync(providers).filter((file) => file.endsWith(".ts"));
  const entries = files.map((file) => [`./providers/${file.slice(0, -3)}`, `./src/providers/${file}`]);
  return Object.fromEntries(entries);
}

function exportOf(source) {
  const module = moduleOf(source);
  return {
    [sourceCondition]: source,
    import: { types: `./dist/esm/${module}.d.ts`, default: `./dist/esm/${module}.js` },
    require: { types: `./dist/cjs/${module}.d.ts`, default: `./dist/cjs/${module}.js` },
  };
}

/** The same in `imports`, under the conditions that are there. */
function mapSources(conditions) {
  if (conditions[sourceCondition] === undefined) {
    const entries = Object.entries(conditions).map(([condition, target]) => [condition, mapSources(target)]);
    return Object.fromEntries(entries);
  }
  const source = conditions[sourceCondition];
  // The CommonJS build has its own, in dist/cjs.
  return { [sourceCondition]: source, default: `./dist/esm/${moduleOf(source)}.js` };
}

const incomplete = packageFolders().filter((folder) => manifestText(folder) !== completeText(folder));

if (process.argv.includes("--check")) {
  for (const folder of incomplete) console.error(`${relative(root, folder)}/package.json is not complete`);
  process.exitCode = incomplete.length === 0 ? 0 : 1;
} else {
  for (const folder of incomplete) {
    writeFileSync(join(folder, "package.json"), `${JSON.stringify(completeManifest(folder), null, 2)}\n`);
  }
}

function manifestText(folder) {
  return JSON.stringify(readManifest(folder));
}

function completeText(folder) {
  return JSON.stringify(completeManifest(folder));
}
