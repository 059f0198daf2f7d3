import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { execute, root } from "../pack.ts";
import { runNode, type ScratchProject } from "../scratch.ts";
import { everyEntryProgram, received, receiveProgram } from "./programs.ts";

interface Compilation {
  /** The workspace's compiler, or the last that knows the old ways. */
  readonly compiler: "7" | "5.9";
  readonly type: "module" | "commonjs";
  readonly module: string;
  readonly moduleResolution: string;
  readonly skipLibCheck: boolean;
}

// The libraries are checked too, by the quick compiler and where `exports` are not known.
const compilations: readonly Compilation[] = [
  { compiler: "5.9", type: "commonjs", module: "commonjs", moduleResolution: "node10", skipLibCheck: false },
  { compiler: "5.9", type: "commonjs", module: "node16", moduleResolution: "node16", skipLibCheck: true },
  { compiler: "7", type: "commonjs", module: "nodenext", moduleResolution: "nodenext", skipLibCheck: false },
  { compiler: "7", type: "module", module: "nodenext", moduleResolution: "nodenext", skipLibCheck: false },
  { compiler: "7", type: "module", module: "esnext", moduleResolution: "bundler", skipLibCheck: false },
];

/** Every entry, and a program that receives, through compilers as users have them set; then run by Node.js. */
export function describeCompilers(project: () => ScratchProject): void {
  describe("compiled by TypeScript", () => {
    test.each(compilations)(
      "$compiler, a $type package, moduleResolution $moduleResolution",
      async (how) => {
        const { specifiers, folder: installed, addFolder } = project();
        const { compiler, type, ...resolution } = how;
        const folder = await addFolder(`tsc-${type}-${how.moduleResolution}`, type, {
          "tsconfig.json": JSON.stringify({ compilerOptions: { ...strict, ...resolution } }),
          "main.ts": everyEntryProgram(specifiers),
          "receive.ts": receiveProgram,
        });
        const tsc = join(compiler === "7" ? root : installed, "node_modules/typescript/bin/tsc");
        expect(await typeErrors(tsc, folder)).toEqual([]);
        const printed = JSON.parse(await runNode(folder, "out/main.js"));
        expect(printed).toEqual({ loaded: specifiers.length, received });
      },
      120_000,
    );
  });
}

const strict = {
  target: "es2022",
  lib: ["es2023", "dom", "dom.iterable"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  outDir: "out",
};

/** What the compiler says, a line for each error. */
export async function typeErrors(compiler: string, folder: string): Promise<string[]> {
  try {
    await execute(process.execPath, [compiler, "-p", "."], { cwd: folder, timeout: 120_000 });
    return [];
  } catch (error) {
    const { stdout = "" } = error as { readonly stdout?: string };
    return stdout
      .split(/\n(?=\S)/)
      .map((line) => line.trim())
      .filter((line) => !isAboutOthers(line));
  }
}

/** Declarations of frameworks need not check: Next's name files and types that are not there. */
function isAboutOthers(line: string): boolean {
  return /^[./]*node_modules\/\.pnpm\/(?!@latchhook)/.test(line);
}

/** A user's files, as they stand in `test/packaging/consumer`. */
export function consumerFiles(names: readonly string[]): Record<string, string> {
  const read = (name: string) => readFileSync(new URL(`../consumer/${name}`, import.meta.url), "utf8");
  return Object.fromEntries(names.map((name) => [name, read(name)]));
}
