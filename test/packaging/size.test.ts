import { gzipSync } from "node:zlib";
import { senders } from "@latchhook/testing";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { root } from "./pack.ts";

/** Bytes, gzipped: what a Worker that receives one sender's webhooks carries of latchhook. */
const limit = 15_000;

/** Core, one provider and the Hono adapter as wrangler bundles them; Hono itself is the user's. */
async function bundledSize(provider: string, exportName: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        export { createReceiver } from "@latchhook/core";
        export { ${exportName} } from "@latchhook/core/providers/${provider}";
        export { webhook } from "@latchhook/hono";
      `,
      resolveDir: `${root}/test`,
    },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    external: ["hono", "hono/*"],
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).byteLength;
}

test.each([
  ...new Map(senders.map(({ provider, factory }) => [provider, factory])),
  ["standard-webhooks", "standardWebhooks"],
] as const)("core, %s and the Hono adapter stay under 15 kB", async (provider, exportName) => {
  const size = await bundledSize(provider, exportName);
  console.log(`core + ${provider} + hono: ${(size / 1000).toFixed(1)} kB minified and gzipped`);
  expect(size).toBeGreaterThan(2_000);
  expect(size).toBeLessThan(limit);
});
