import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { helperFiles } from "./helper-files.ts";
import { type Page, root } from "./pages.ts";

/** A snippet that has been written to a file. */
export interface Snippet {
  /** Where it came from, as `README.md:12`. */
  readonly origin: string;
  /** The heading that it stands under. */
  readonly heading: string;
  /** Relative to the project's folder. */
  readonly path: string;
}

/** All snippets of the documentation as one TypeScript project, inside the workspace so that imports resolve. */
export interface SnippetProject {
  readonly folder: string;
  readonly snippets: readonly Snippet[];
  remove(): void;
}

const compilerOptions = {
  composite: false,
  declaration: false,
  declarationMap: false,
  sourceMap: false,
  moduleDetection: "force",
  types: ["node"],
  jsx: "react-jsx",
  rootDir: ".",
  outDir: "out",
  paths: { "@/*": ["./readme/*.ts"] },
};

/** Writes every `ts` and `tsx` snippet of the pages to a file of its own, exactly as it stands. */
export function writeSnippets(pages: readonly Page[]): SnippetProject {
  const folder = mkdtempSync(resolve(import.meta.dirname, "../.snippets-"));
  function write(path: string, text: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const snippets = pages.flatMap((page) => snippetsOf(page));
  for (const { path, text } of snippets) write(path, text);
  for (const [path, text] of Object.entries(helperFiles)) write(path, text);
  const extended = resolve(root, "tsconfig.base.json");
  const files = { include: ["**/*.ts", "**/*.tsx"], exclude: ["out"] };
  write("tsconfig.json", JSON.stringify({ extends: extended, compilerOptions, ...files }));
  return { folder, snippets, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A snippet whose first line is a comment with a file's name goes to that file, so that others can import it. */
function snippetsOf(page: Page): readonly (Snippet & { readonly text: string })[] {
  const folder = page.path.replace(/\.md$/, "").replaceAll("/", "-").toLowerCase();
  return page.fences
    .filter(({ language }) => language === "ts" || language === "tsx")
    .map(({ text, heading, line, language }) => {
      const name = /^\/\/ (\S+\.tsx?)\n/.exec(text)?.[1] ?? `line-${line}.${language}`;
      return { origin: `${page.path}:${line}`, heading, path: `${folder}/${name}`, text };
    });
}

/** What the compiler reported, by snippet's path. */
export type CompilerErrors = ReadonlyMap<string, readonly string[]>;

/** Type-checks the project in one run, and compiles it to `out`. */
export async function compile({ folder }: SnippetProject): Promise<CompilerErrors> {
  const compiler = resolve(createRequire(import.meta.url).resolve("typescript/package.json"), "../bin/tsc");
  const output = await promisify(execFile)(process.execPath, [compiler, "-p", folder, "--pretty", "false"], {
    cwd: folder,
    timeout: 100_000,
    killSignal: "SIGKILL",
  }).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string; message: string }) => error.stdout || error.message,
  );
  const errors = new Map<string, string[]>();
  let path = "";
  for (const line of output.split("\n").filter((one) => one.trim() !== "")) {
    path = /^(\S+)\(\d+,\d+\): error/.exec(line)?.[1] ?? path;
    errors.set(path, [...(errors.get(path) ?? []), line]);
  }
  return errors;
}
