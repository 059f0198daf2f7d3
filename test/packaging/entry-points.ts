import type { ExportTarget, PackedPackage } from "./pack.ts";

/** Everything that can be imported of a package, wildcards expanded: `"@latchhook/core/providers/ai-stats"`. */
export function importSpecifiers(packed: PackedPackage, conditions: readonly string[]): string[] {
  return exportSubpaths(packed, conditions).map((subpath) => packed.name + subpath.slice(1));
}

/** The same as keys of `exports`: `"./providers/ai-stats"`. */
export function exportSubpaths({ manifest, files }: PackedPackage, conditions: readonly string[]): string[] {
  return Object.entries(manifest.exports)
    .flatMap(([subpath, target]) => {
      const file = resolveTarget(target, conditions);
      return file === undefined ? [] : expand(subpath, file, files);
    })
    .sort();
}

/** What TypeScript finds without `exports` (moduleResolution node10), as specifiers. */
export function node10Specifiers({ name, manifest }: PackedPackage): string[] {
  const subpaths = Object.keys(manifest.typesVersions?.["*"] ?? {}).map((subpath) => `${name}/${subpath}`);
  return [...(manifest.types === undefined ? [] : [name]), ...subpaths].sort();
}

/** Every file that the manifest sends someone to, in any module system. */
export function namedFiles({ manifest }: PackedPackage): string[] {
  const { main, types, typesVersions = {}, exports, imports = {}, bin = {} } = manifest;
  const targets = [main, types, exports, imports, bin, ...Object.values(typesVersions)];
  // The condition of our own tests is the one that leads to sources, and the sources are there.
  return targets.flatMap(leaves).map((file) => file.replace(/^\.\//, ""));
}

function resolveTarget(target: ExportTarget, conditions: readonly string[]): string | undefined {
  if (target === null || typeof target === "string") return target ?? undefined;
  for (const [condition, next] of Object.entries(target)) {
    if (condition !== "default" && !conditions.includes(condition)) continue;
    const found = resolveTarget(next, conditions);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A wildcard matches across slashes. */
function expand(subpath: string, target: string, files: readonly string[]): string[] {
  const [before, after] = target.slice(2).split("*");
  if (before === undefined || after === undefined) return [subpath];
  return files
    .filter((file) => file.startsWith(before) && file.endsWith(after))
    .map((file) => subpath.replace("*", file.slice(before.length, file.length - after.length)));
}

function leaves(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [];
}
