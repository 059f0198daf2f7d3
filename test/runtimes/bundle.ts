import { builtinModules } from "node:module";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";

const common: BuildOptions = { bundle: true, format: "esm", target: "es2022", write: false, metafile: true };

export interface Bundle {
  readonly code: string;
  /** The files that went into it. */
  readonly inputs: readonly string[];
}

/** Only the entry's own files: the packages stay imports, which the runtime itself resolves. */
export function bundleForProcess(entry: string): Promise<Bundle> {
  return bundle(entry, { platform: "node", packages: "external" });
}

/** Everything in one file, resolved as wrangler does for Workers. */
export function bundleForWorkerd(entry: string): Promise<Bundle> {
  return bundle(entry, { platform: "browser", conditions: ["workerd", "worker", "browser"] });
}

/** The same with `nodejs_compat`: what is Node's or Cloudflare's is left to the runtime. */
export function bundleForNodeCompat(entry: string): Promise<Bundle> {
  return bundle(entry, {
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    external: ["node:*", "cloudflare:*", "pg-native"],
    plugins: [nodeModules],
  });
}

/** `require("events")` of CommonJS packages, as wrangler turns it into an import: workerd's modules have no require. */
const nodeModules: Plugin = {
  name: "node-modules",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(node:)?(${builtinModules.join("|")})$`) }, ({ path, kind }) => {
      const name = path.startsWith("node:") ? path : `node:${path}`;
      return kind === "require-call" ? { path: name, namespace: "required" } : { path: name, external: true };
    });
    onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => ({
      contents: `import required from "${path}"; module.exports = required;`,
    }));
  },
};

/** Everything in one script, resolved as Next.js does for its edge runtime. */
export function bundleForEdge(entry: string): Promise<Bundle> {
  return bundle(entry, {
    platform: "browser",
    format: "iife",
    conditions: ["edge-light", "worker", "browser"],
  });
}

async function bundle(entry: string, options: BuildOptions): Promise<Bundle> {
  const entryPoint = fileURLToPath(new URL(`entries/${entry}`, import.meta.url));
  const { outputFiles, metafile } = await build({ ...common, ...options, entryPoints: [entryPoint] });
  const code = outputFiles?.[0]?.text;
  if (code === undefined || metafile === undefined) throw new Error(`${entry} was not bundled`);
  return { code, inputs: Object.keys(metafile.inputs) };
}
