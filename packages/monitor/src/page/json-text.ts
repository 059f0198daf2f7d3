import { type Html, html } from "./html.ts";
import { visible, withoutSignedUrls } from "./visible.ts";
import { number } from "./words.ts";

/** How deep a body is shown; what lies deeper is in the JSON. */
const deepest = 40;

/** JSON as text in colours, two spaces a level. Values are text, never links. */
export function jsonText(value: unknown, depth = 0): Html {
  if (depth > deepest) return html`<span class="masked">deeper than is shown</span>`;
  if (typeof value === "string") return html`<span class="ok">${quoted(withoutSignedUrls(value))}</span>`;
  if (typeof value !== "object" || value === null) return html`<span class="warn">${String(value)}</span>`;
  const hidden = hiddenLength(value);
  if (hidden !== undefined) return html`<span class="masked">hidden, ${number(hidden)} characters</span>`;
  const isList = Array.isArray(value);
  const lines = isList
    ? value.map((member) => jsonText(member, depth + 1))
    : Object.entries(value).map(
        ([name, member]) => html`<span class="run">${quoted(name)}</span>: ${jsonText(member, depth + 1)}`,
      );
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  if (lines.length === 0) return html`${open}${close}`;
  const indent = "  ".repeat(depth + 1);
  const shown = lines.map((line, index) => html`${indent}${line}${index < lines.length - 1 ? "," : ""}\n`);
  return html`${open}\n${shown}${"  ".repeat(depth)}${close}`;
}

function quoted(text: string): string {
  return visible(JSON.stringify(text), 4_000);
}

/** How many members of a body are hidden. */
export function countHidden(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  if (hiddenLength(value) !== undefined) return 1;
  return Object.values(value).reduce((total: number, member) => total + countHidden(member), 0);
}

/** Core puts `{ hidden: <characters> }` in place of what is hidden. */
function hiddenLength(value: object): number | undefined {
  const { hidden, ...rest } = value as { readonly hidden?: unknown };
  return typeof hidden === "number" && Object.keys(rest).length === 0 ? hidden : undefined;
}
