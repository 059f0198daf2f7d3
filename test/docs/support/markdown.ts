/** A fenced block. */
export interface Fence {
  readonly language: string;
  readonly text: string;
  /** The heading that it stands under. */
  readonly heading: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A table. Cells keep their Markdown. */
export interface Table {
  /** The heading that it stands under. */
  readonly heading: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What the tests need to know of a Markdown page. */
export interface Markdown {
  readonly fences: readonly Fence[];
  readonly tables: readonly Table[];
  readonly headings: readonly string[];
  /** The targets of all links. */
  readonly links: readonly string[];
  /** What stands in backticks in the text. */
  readonly codes: readonly string[];
}

/** Reads a page. It knows the Markdown of this repository: fences of backticks, pipe tables, inline links. */
export function readMarkdown(text: string): Markdown {
  const lines = text.split("\n");
  const fences: Fence[] = [];
  const tables: Table[] = [];
  const headings: string[] = [];
  const prose: string[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const heading = headings.at(-1) ?? "";
    const opening = /^( *)```(\w*)/.exec(line);
    if (opening !== null) {
      const end = lines.findIndex((other, later) => later > index && other.trim() === "```");
      if (end < 0) throw new Error(`The fence in line ${index + 1} is never closed.`);
      fences.push({
        language: opening[2] ?? "",
        text: `${undent(lines.slice(index + 1, end), opening[1]?.length ?? 0)}\n`,
        heading,
        line: index + 1,
      });
      index = end;
      continue;
    }
    prose.push(line);
    const title = /^#+ (.+)$/.exec(line);
    if (title !== null) headings.push(title[1] ?? "");
    if (!/^\| *:?---/.test(line)) continue;
    const end = lines.findIndex((other, later) => later > index && !other.startsWith("|"));
    tables.push({
      heading,
      columns: cellsOf(lines[index - 1] ?? ""),
      rows: lines.slice(index + 1, end < 0 ? undefined : end).map(cellsOf),
    });
  }
  const flowing = prose.join("\n");
  return { fences, tables, headings, links: linksIn(flowing), codes: codesIn(flowing) };
}

function undent(lines: readonly string[], width: number): string {
  return lines.map((line) => (line.slice(0, width).trim() === "" ? line.slice(width) : line)).join("\n");
}

function cellsOf(line: string): readonly string[] {
  return line
    .replace(/^\|/, "")
    .replace(/\|\s*$/, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function linksIn(text: string): readonly string[] {
  const withoutCode = text.replace(/`[^`\n]*`/g, "");
  return [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
}

function codesIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? "");
}

/** The anchor that GitHub gives a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

/** The one table under a heading. */
export function tableUnder({ tables }: Markdown, heading: string): Table {
  const found = tables.filter((table) => table.heading === heading);
  if (found.length !== 1)
    throw new Error(`${found.length} tables stand under "${heading}"; one was expected.`);
  return found[0] as Table;
}

/** A cell without the backticks around it. */
export function plain(cell: string | undefined): string {
  return (cell ?? "").replace(/^`([^`]*)`$/, "$1");
}
