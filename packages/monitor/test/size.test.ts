import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { script } from "../src/assets/script.ts";
import { stylesheet } from "../src/assets/stylesheet.ts";

/**
 * Bytes, gzipped: of the package's own code with its assets, which a Worker carries, and of the assets, which are all
 * that a browser loads beside a page. Limits above what there is, so that growth is noticed.
 */
const limits = { all: 38_500, assets: 7_000 };

test("code and assets stay small", async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../src/index.ts", import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "node",
    conditions: ["@latchhook/source"],
    external: ["@latchhook/core", "@latchhook/core/*", "@latchhook/node", "hono/*"],
  });
  const size = gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).byteLength;
  console.log(`monitor: ${(size / 1000).toFixed(1)} kB minified and gzipped`);
  expect(size).toBeGreaterThan(5_000);
  expect(size).toBeLessThan(limits.all);
  expect(gzipSync(script + stylesheet, { level: 9 }).byteLength).toBeLessThan(limits.assets);
  expect(script.length).toBeLessThan(10_000);
});
