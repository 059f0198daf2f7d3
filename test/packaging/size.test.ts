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
const limits = { withTokens: 28_500, withSchemas: 26_000, without: 19_200 };

/** Senders that prove themselves by a JSON Web Token: theirs alone carry jose, some 5.6 kB. */
const withTokens: ReadonlySet<string> = new Set(["livekit", "pubsub", "qstash"]);

/** Core, one provider and the Hono adapter as wrangler bundles them; Hono itself is the user's. */
async function bundleOf(provider: string, exportName: string) {
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
  return {
    size: gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).byteLength,
    // The build holds the part of jose that is used: it is told by an error code of its own.
    hasJose: (outputFiles[0]?.text ?? "").includes("ERR_JWS_SIGNATURE_VERIFICATION_FAILED"),
  };
}

const withoutSchemas: ReadonlySet<string> = new Set([
  "clerk",
  "github",
  "polar",
  "resend",
  "square",
  "standard-webhooks",
]);

test.each([
  ...new Map(senders.map(({ provider, factory }) => [provider, factory])),
  ["standard-webhooks", "standardWebhooks"],
] as const)("core, %s and the Hono adapter stay under their limit", async (provider, exportName) => {
  const kind = withTokens.has(provider)
    ? "withTokens"
    : withoutSchemas.has(provider)
      ? "without"
      : "withSchemas";
  const limit = limits[kind];
  const { size, hasJose } = await bundleOf(provider, exportName);
  console.log(`core + ${provider} + hono: ${(size / 1000).toFixed(1)} kB minified and gzipped`);
  expect(size).toBeGreaterThan(2_000);
  expect(size).toBeLessThan(limit);
  expect(hasJose).toBe(kind === "withTokens");
});
