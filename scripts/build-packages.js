// Builds what a user loads: each entry of a package as few files, once as ES modules and once as CommonJS.
// Needs the declarations of `tsc -b` in `dist/esm`.
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";
import { entryModules, packageFolders, readManifest, sourceCondition } from "./packages.js";

/**
 * Dependencies of which the build holds the part that is used: zod costs more to load, from its many files, and jose has
 * no CommonJS, which Jest needs. Only the entries that use them carry them.
 */
const inlined = new Set(["zod", "jose"]);

const settings = {
  platform: "node",
  target: "es2023",
  sourcemap: true,
  metafile: true,
  legalComments: "inline",
  logLevel: "warning",
};

await Promise.all(packageFolders().map(buildPackage));

async function buildPackage(folder) {
  const manifest = readManifest(folder);
  const esm = join(folder, "dist/esm");
  const cjs = join(folder, "dist/cjs");
  removeCode(esm);
  rmSync(cjs, { recursive: true, force: true });
  const { metafile } = await build({
    ...settings,
    entryPoints: entryModules(manifest).map((module) => ({
      in: join(folder, `src/${module}.ts`),
      out: module,
    })),
    outdir: esm,
    format: "esm",
    bundle: true,
    // What several entries use is there once: a provider and a receiver share their state.
    splitting: true,
    chunkNames: "shared/[hash]",
    external: externalOf(manifest),
  });
  for (const file of filesIn(esm, ".js")) dropBareImports(file);
  nameInlined(folder, metafile.outputs);
  // File by file from the ES modules, so that here too nothing is there twice.
  await build({
    ...settings,
    entryPoints: filesIn(esm, ".js"),
    outdir: cjs,
    outbase: esm,
    format: "cjs",
    // Jest runs no import() in CommonJS.
    supported: { "dynamic-import": false },
  });
  const imports = importsOf(manifest.imports);
  const innerManifest = { type: "commonjs", sideEffects: manifest.sideEffects, imports };
  writeFileSync(join(cjs, "package.json"), `${JSON.stringify(innerManifest, null, 2)}\n`);
  copyDeclarations(folder, esm, cjs);
  for (const map of [...filesIn(esm, ".js.map"), ...filesIn(cjs, ".js.map")]) tidySourceMap(folder, map);
}

function externalOf({ imports = {}, dependencies = {}, peerDependencies = {} }) {
  const packages = Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => !inlined.has(name));
  return [...Object.keys(imports), ...packages, ...packages.map((name) => `${name}/*`)];
}

/**
 * Splitting leaves imports for the side effects of chunks, and ours have none: users' bundlers would warn of each. The
 * line stays, for the source map's sake.
 */
function dropBareImports(file) {
  writeFileSync(file, readFileSync(file, "utf8").replace(/^import "\.[^"]*";$/gm, ""));
}

/** What is inlined says nothing of its licence in its files. Each file that has some of it does, and so does the package. */
function nameInlined(folder, outputs) {
  const texts = new Map();
  for (const [output, { inputs }] of Object.entries(outputs)) {
    const names = Object.keys(inputs).map((input) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input));
    for (const name of new Set(names.filter(Boolean).map(([, name]) => name))) {
      const installed = join(folder, "node_modules", name);
      const { version, license } = readManifest(installed);
      texts.set(name, `${name} ${version}\n\n${readLicense(installed).trim()}\n`);
      appendFileSync(output, `/*! Holds parts of ${name} ${version} (${license}), see dist/NOTICES. */\n`);
    }
  }
  const file = join(folder, "dist/NOTICES");
  rmSync(file, { force: true });
  if (texts.size > 0) writeFileSync(file, [...texts.values()].join("\n\n"));
}

function readLicense(folder) {
  const file = readdirSync(folder).find((name) => /^LICENSE(\.md)?$/.test(name));
  if (file === undefined) throw new Error(`${folder} has no licence to name.`);
  return readFileSync(join(folder, file), "utf8");
}

/** The imports of the CommonJS build. Its files look for them in the nearest package.json, which is in their folder. */
function importsOf(conditions) {
  if (typeof conditions !== "object") return conditions?.replace("./dist/esm/", "./");
  const entries = Object.entries(conditions).filter(([condition]) => condition !== sourceCondition);
  return Object.fromEntries(entries.map(([condition, target]) => [condition, importsOf(target)]));
}

function removeCode(folder) {
  for (const file of [...filesIn(folder, ".js"), ...filesIn(folder, ".js.map")]) rmSync(file);
}

/** Declarations mean the same in both builds; whether they speak of ES modules is said by the folder's package.json. */
function copyDeclarations(folder, esm, cjs) {
  for (const declaration of filesIn(esm, ".d.ts")) {
    const module = relative(esm, declaration).slice(0, -".d.ts".length);
    const files = [declaration, `${declaration}.map`];
    if (!existsSync(join(folder, `src/${module}.ts`))) {
      for (const file of files) rmSync(file, { force: true });
      continue;
    }
    for (const file of files) {
      const copy = join(cjs, relative(esm, file));
      mkdirSync(dirname(copy), { recursive: true });
      copyFileSync(file, copy);
    }
  }
}

/** Our sources are in the package and need no copy in the map; those of what is inlined are not, and are named by package. */
function tidySourceMap(folder, file) {
  const map = JSON.parse(readFileSync(file, "utf8"));
  const foreign = /^.*\/node_modules\//;
  map.sourcesContent = map.sources.map((source, index) =>
    foreign.test(source) ? (map.sourcesContent?.[index] ?? null) : null,
  );
  map.sources = map.sources.map((source) => source.replace(foreign, ""));
  for (const source of map.sources) {
    const known =
      existsSync(join(dirname(file), source)) || map.sourcesContent[map.sources.indexOf(source)] !== null;
    if (!known) throw new Error(`${relative(folder, file)} names a source that is not there: ${source}`);
  }
  writeFileSync(file, JSON.stringify(map));
}

function filesIn(folder, ending) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name));
}
