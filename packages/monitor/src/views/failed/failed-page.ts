import { glyph } from "../../page/glyphs.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { emptyBox, query as link } from "../../page/pieces.ts";
import { counted, countOf } from "../../page/words.ts";
import type { FailureCause } from "../failed.ts";
import type { Page, ViewContext } from "../view.ts";
import { causeBox, isMended, isStillHappening } from "./cause-box.ts";

export function failedPage(causes: readonly FailureCause[], context: ViewContext): Page {
  const failing = causes.reduce((sum, { group }) => sum + group.failed, 0);
  const dead = causes.reduce((sum, { group }) => sum + group.dead, 0);
  return {
    title: "Failed",
    answer: answer(causes, failing + dead),
    body: html`<section aria-label="Groups by sender and error">${tabs(causes.length, failing, dead)}${
      causes.length === 0
        ? emptyBox(
            "ok",
            "Nothing is failing",
            "Whatever came has succeeded, was dismissed, or is running now.",
            html`<p class="row"><a class="button" href="?view=deliveries">All deliveries</a></p>`,
          )
        : html`<h2 class="hidden">By cause</h2>${causes.map((cause) => causeBox(cause, context))}`
    }</section>`,
  };
}

function answer(causes: readonly FailureCause[], total: number): Html {
  if (causes.length === 0) return html`<span class="ok">Nothing is failing.</span>`;
  const still = causes.filter(isStillHappening).length;
  const mended = causes.filter(isMended).length;
  const facts = [
    ...(still > 0 ? [html`<strong class="fail">${some(still, causes.length)} still happening</strong>`] : []),
    ...(mended > 0
      ? [
          html`${mended === causes.length ? (causes.length === 1 ? "It looks" : "All look") : mended === 1 ? "one looks" : `${mended} look`} mended`,
        ]
      : []),
  ];
  const summary = html`${counted(total, "delivery", "deliveries")}, ${counted(causes.length, "cause")}.`;
  return facts.length === 0
    ? summary
    : html`${summary} ${facts.map((fact, index) => html`${index === 0 ? "" : "; "}${fact}`)}.`;
}

/** `It is`, `One is`, `2 are`. */
function some(count: number, all: number): string {
  if (all === 1) return "It is";
  if (count === all) return all === 2 ? "Both are" : "All are";
  return count === 1 ? "One is" : `${count} are`;
}

function tabs(causes: number, failing: number, dead: number): Html {
  return html`<nav class="tabs" aria-label="State"><a href="?view=failed" aria-current="true">By cause <span class="count">${causes}</span></a>
<a href="${link("deliveries", { state: "failed" })}">${glyph("fail")}Failing <span class="count">${countOf(failing)}</span></a>
<a href="${link("deliveries", { state: "dead" })}">${glyph("dead")}Dead <span class="count">${countOf(dead)}</span></a>
<a href="${link("deliveries", { state: "dismissed" })}">${glyph("dismissed")}Dismissed</a>${nothing}</nav>`;
}
