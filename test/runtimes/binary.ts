import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { FoundServer } from "../support/servers.ts";

const require = createRequire(import.meta.url);
const platform = `${process.platform}-${process.arch}`;

/** Per runtime and platform: the npm package that holds its binary, and where in the package that is. */
const binaries: Readonly<
  Record<string, Readonly<Record<string, readonly [packageName: string, path: string]>>>
> = {
  "Node 22": nodePackages("22"),
  "Node 24": nodePackages("24"),
  Bun: {
    "linux-x64": ["@oven/bun-linux-x64", "bin/bun"],
    "linux-arm64": ["@oven/bun-linux-aarch64", "bin/bun"],
    "darwin-arm64": ["@oven/bun-darwin-aarch64", "bin/bun"],
  },
  Deno: {
    "linux-x64": ["@deno/linux-x64-glibc", "deno"],
    "linux-arm64": ["@deno/linux-arm64-glibc", "deno"],
    "darwin-arm64": ["@deno/darwin-arm64", "deno"],
  },
};

function nodePackages(major: string): Record<string, readonly [string, string]> {
  return {
    "linux-x64": [`node-${major}-linux-x64`, "bin/node"],
    "linux-arm64": [`node-${major}-linux-arm64`, "bin/node"],
  };
}

/** Where a runtime's binary is, or why there is none. */
export function findBinary(runtime: string): { readonly path: string } | { readonly missing: string } {
  const known = binaries[runtime]?.[platform];
  if (known === undefined) return { missing: `no package with ${runtime} for ${platform} is set up here` };
  const [packageName, path] = known;
  try {
    return { path: join(dirname(require.resolve(`${packageName}/package.json`)), path) };
  } catch {
    return { missing: `the optional dependency ${packageName} is not installed` };
  }
}

/** Cloudflare's runtime as Miniflare finds it, or why there is none: it has no build for some platforms. */
export function findWorkerd(): FoundServer {
  try {
    return { url: createRequire(require.resolve("miniflare"))("workerd").default as string };
  } catch (error) {
    return { missing: `workerd is not to be had: ${(error as Error).message.trim().split("\n", 1)[0]}` };
  }
}
