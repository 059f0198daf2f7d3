import type { InboxDelivery, InboxState } from "@latchhook/core";
import { type Mark, status } from "./glyphs.ts";
import { type Html, html, nothing } from "./html.ts";
import { visible } from "./visible.ts";

const states: Readonly<Record<InboxState, readonly [Mark, string]>> = {
  running: ["run", "Running"],
  failed: ["fail", "Failing"],
  dead: ["dead", "Dead"],
  done: ["ok", "Done"],
  dismissed: ["dismissed", "Dismissed"],
};

export function stateStatus(state: InboxState): Html {
  return status(...states[state]);
}

export function stateWord(state: InboxState): string {
  return states[state][1];
}

export function stateMark(state: InboxState): Mark {
  return states[state][0];
}

/** How many characters of an id are shown where the row is narrow; it is selected and copied whole. */
const shownIdEnds = 10;

/** An id that is selected whole, and that the script lets one copy. */
export function identifier(id: string, what: string, { short = false } = {}): Html {
  const text = visible(id, 300);
  const shown =
    short && text.length > shownIdEnds + 6
      ? html`${text.slice(0, shownIdEnds)}<span class="mid">${text.slice(shownIdEnds, -4)}</span><span class="dots" aria-hidden="true">…</span>${text.slice(-4)}`
      : html`${text}`;
  return html`<span class="id"><code title="${text}" data-copy="${id}" data-what="${what}">${shown}</code></span>`;
}

/** A term and what it is; nothing where there is nothing to say. */
export function fact(term: string, value: Html | string | number | null | undefined): Html {
  return value === null || value === undefined || value === ""
    ? nothing
    : html`<dt>${term}</dt><dd>${value}</dd>`;
}

/** A query for a link to a view: what is undefined or empty is left out. */
export function query(
  view: string,
  parameters: Readonly<Record<string, string | number | undefined | null>> = {},
): string {
  const search = new URLSearchParams({ view });
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  return `?${search}`;
}

/** A link to a delivery by its type. */
export function deliveryLink({ key, type }: Pick<InboxDelivery, "key" | "type">): Html {
  return html`<a href="${query("delivery", { key })}">${visible(type, 80) || "(no type)"}</a>`;
}

/** Fields that a form sends along. */
export function hiddenFields(fields: Readonly<Record<string, string | undefined>>): readonly Html[] {
  return Object.entries(fields).map(([name, value]) =>
    value === undefined || value === ""
      ? nothing
      : html`<input type="hidden" name="${name}" value="${value}">`,
  );
}

/** A box that says why there is nothing to show. */
export function emptyBox(mark: Mark, title: string, text: Html | string, actions: Html = nothing): Html {
  return html`<section class="box pad notice"><h2>${status(mark, title)}</h2><p>${text}</p>${actions}</section>`;
}
