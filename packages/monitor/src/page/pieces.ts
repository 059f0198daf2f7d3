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

/** Whether it has failed, and nobody has said that it need not succeed. */
export function isFailing(state: InboxState): boolean {
  return state === "failed" || state === "dead";
}

/** Whether it has not succeeded, and nothing runs. */
export function isOpen(state: InboxState): boolean {
  return isFailing(state) || state === "dismissed";
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

/** Terms and what they are. */
export function facts(
  entries: readonly (readonly [string, Html | string | number | null | undefined])[],
  look = "",
): Html {
  return html`<dl class="facts ${look}">${entries.map(([term, value]) =>
    value === null || value === undefined || value === "" ? nothing : html`<dt>${term}</dt><dd>${value}</dd>`,
  )}</dl>`;
}

/** Numbers that matter, with what they count above them. */
export function figures(entries: readonly (readonly [string, Html])[], look = "nums"): Html {
  return html`<dl class="${look}">${entries.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
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

/** Whose it is, as a row shows it. */
export function sender({ provider, scope }: Pick<InboxDelivery, "provider" | "scope">): Html {
  return html`${provider}${scope !== "" && html` <span class="chip">${visible(scope, 40)}</span>`}`;
}

/** What is said less loudly. */
export function soft(text: Html | string): Html {
  return html`<span class="soft">${text}</span>`;
}

/** Pieces with something between them; what is false is none. */
export function joined(parts: readonly (Html | string | false)[], between: string): Html {
  return html`${parts.filter((part) => part !== false).map((part, index) => html`${index > 0 && between}${part}`)}`;
}

/** A box that says why there is nothing to show. */
export function emptyBox(mark: Mark, title: string, text: Html | string, actions?: Html): Html {
  return html`<section class="box pad notice"><h2>${status(mark, title)}</h2><p>${text}</p>${actions && html`<div class="row">${actions}</div>`}</section>`;
}
