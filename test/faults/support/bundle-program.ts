import { mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Bundles a program of these tests over the packages' sources: Node.js 20 does not run TypeScript. */
export async function bundleProgram(entry: string): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = fileURLToPath(new URL("../../node_modules/.cache/faults/", import.meta.url));
  await mkdir(folder, { recursive: true });
  const path = `${folder}${entry.replaceAll("/", "-")}-${process.pid}-${performance.now()}.mjs`;
  await build({
    entryPoints: [fileURLToPath(new URL(`../${entry}.ts`, import.meta.url))],
    outfile: path,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    conditions: ["@latchhook/source"],
    external: ["libsql", "pg", "redis", "ioredis"],
    logLevel: "error",
  });
  return { path, remove: () => rm(path, { force: true }) };
}
