import { gzipSync } from "node:zlib";
import { senders } from "@latchhook/testing";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { root } from "./pack.ts";

/**
 * Bytes, gzipped: what a Worker that receives one sender's webhooks carries of latchhook. 5.5 kB of it are zod's, where
 * the provider has schemas. The target is 15,000; bench/README.md says what stands against it. A limit above what there
 * is, so that growth is noticed.
 */
const limits = { withSchemas: 29_000, without: 23_000 };

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

const withoutSchemas: ReadonlySet<string> = new Set([
  "clerk",
  "github",
  "polar",
  "resend",
  "standard-webhooks",
]);

test.each([
  ...new Map(senders.map(({ provider, factory }) => [provider, factory])),
  ["standard-webhooks", "standardWebhooks"],
] as const)("core, %s and the Hono adapter stay under their limit", async (provider, exportName) => {
  const limit = withoutSchemas.has(provider) ? limits.without : limits.withSchemas;
  const size = await bundledSize(provider, exportName);
  console.log(`core + ${provider} + hono: ${(size / 1000).toFixed(1)} kB minified and gzipped`);
  expect(size).toBeGreaterThan(2_000);
  expect(size).toBeLessThan(limit);
});
