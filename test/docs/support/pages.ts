import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Markdown, readMarkdown } from "./markdown.ts";

/** The repository's folder. */
export const root = resolve(import.meta.dirname, "../../..");

/** A page of the documentation. */
export interface Page extends Markdown {
  /** Relative to the repository. */
  readonly path: string;
}

/** A file of the repository, as text. */
export function readSource(path: string): string {
  return readFileSync(resolve(root, path), "utf8");
}

/** Reads one page. */
export function readPage(path: string): Page {
  return { path, ...readMarkdown(readSource(path)) };
}

/** What stands under one heading, up to the next of the same level or a higher one. */
export function readSection(path: string, heading: string): string {
  const lines = readSource(path).split("\n");
  const start = lines.findIndex((line) => line.replace(/^#+ /, "") === heading && line.startsWith("#"));
  if (start < 0) throw new Error(`${path} has no heading "${heading}".`);
  const level = (lines[start] ?? "").indexOf(" ");
  const length = lines.slice(start + 1).findIndex((line) => /^#+ /.test(line) && line.indexOf(" ") <= level);
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join("\n");
}

/** Every page: those at the root, those in `docs`, and the packages' own. */
export function allPages(): readonly Page[] {
  const docs = ["docs", "docs/senders"].flatMap((folder) =>
    readdirSync(resolve(root, folder)).map((name) => `${folder}/${name}`),
  );
  const packages = readdirSync(resolve(root, "packages")).map((name) => `packages/${name}/README.md`);
  return ["README.md", "CONTRIBUTING.md", ...docs, ...packages]
    .filter((path) => path.endsWith(".md") && existsSync(resolve(root, path)))
    .map(readPage);
}
