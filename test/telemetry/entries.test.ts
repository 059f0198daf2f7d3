import { resolve } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** The packages that an entry loads. */
async function loadedBy(entry: string): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [resolve(root, "packages/telemetry/src", entry)],
    bundle: true,
    write: false,
    metafile: true,
    packages: "external",
    format: "esm",
    logLevel: "silent",
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  return [...new Set(imports.map(({ path }) => path))].sort();
}

test.each([
  ["index.ts", ["@latchhook/core"]],
  ["prometheus.ts", ["@latchhook/core", "prom-client"]],
  ["open-telemetry.ts", ["@latchhook/core", "@opentelemetry/api"]],
])("%s loads no library that its user may lack", async (entry, packages) => {
  expect(await loadedBy(entry)).toEqual(packages);
});
