import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { describe, expect, it } from "vitest";

/** The modules outside the package that a source file imports, itself or through others of the package. */
function importsOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, type, specifier = ""] of readFileSync(file, "utf8").matchAll(
    /^(?:import|export)\s(type\s)?[^;]*?from "([^"]+)";$/gm,
  )) {
    if (type !== undefined) continue;
    if (specifier.startsWith(".")) importsOf(resolve(dirname(file), specifier), seen);
    else seen.add(specifier);
  }
  return seen;
}

describe("on a platform without Node's modules", () => {
  it.each(["postgres", "redis", "memory"])("%s imports nothing of Node's", (name) => {
    const imports = importsOf(resolve(import.meta.dirname, `../src/${name}.ts`));
    const others = [...imports].filter((module) => !module.startsWith("/"));
    expect(others).toContain(`@latchhook/core${name === "memory" ? "/stores/memory" : ""}`);
    expect(others.filter((module) => !/^@latchhook\/core(\/|$)/.test(module))).toEqual([]);
  });

  it("what SQLite imports is seen", () => {
    expect([...importsOf(resolve(import.meta.dirname, "../src/sqlite.ts"))]).toContain("node:fs/promises");
  });
});
