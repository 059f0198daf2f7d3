import type { PackedPackage } from "./pack.ts";

/** Everything that can be imported of a package, wildcards expanded: `"@latchhook/core/providers/ai-stats"`. */
export function importSpecifiers(packed: PackedPackage): string[] {
  return exportSubpaths(packed).map((subpath) => packed.name + subpath.slice(1));
}

/** The same as keys of `exports`: `"./providers/ai-stats"`. */
export function exportSubpaths({ manifest, files }: PackedPackage): string[] {
  return Object.entries(manifest.exports).flatMap(([subpath, target]) =>
    target === null ? [] : expand(subpath, target.default, files),
  );
}

function expand(subpath: string, target: string, files: readonly string[]): string[] {
  const [before, after] = target.slice(2).split("*");
  if (before === undefined || after === undefined) return [subpath];
  return files
    .filter((file) => file.startsWith(before) && file.endsWith(after))
    .map((file) => file.slice(before.length, file.length - after.length))
    .filter((name) => !name.includes("/"))
    .map((name) => subpath.replace("*", name));
}
