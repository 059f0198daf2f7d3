import type { InboxState } from "@latchhook/core";
import { total } from "../../data/total.ts";
import { linkButton } from "../../page/controls.ts";
import { glyph } from "../../page/glyphs.ts";
import { type Html, html } from "../../page/html.ts";
import { emptyBox, joined, query as link, stateMark, stateWord } from "../../page/pieces.ts";
import { counted, countOf, deliveriesOf, verb } from "../../page/words.ts";
import type { FailureCause } from "../failed.ts";
import type { Page, ViewContext } from "../view.ts";
import { causeBox, isMended, isStillHappening } from "./cause-box.ts";

export function failedPage(causes: readonly FailureCause[], context: ViewContext): Page {
  const failing = total(causes, ({ group }) => group.failed);
  const dead = total(causes, ({ group }) => group.dead);
  return {
    title: "Failed",
    answer: answer(causes, failing + dead),
    body: html`<section aria-label="Groups by sender and error">${tabs(causes.length, failing, dead)}${
      causes.length === 0
        ? emptyBox(
            "ok",
            "Nothing is failing",
            "Whatever came has succeeded, was dismissed, or is running now.",
            linkButton("?view=deliveries", "All deliveries"),
          )
        : html`<h2 class="hidden">By cause</h2>${causes.map((cause) => causeBox(cause, context))}`
    }</section>`,
  };
}

function answer(causes: readonly FailureCause[], count: number): Html {
  if (causes.length === 0) return html`<span class="ok">Nothing is failing.</span>`;
  const still = causes.filter(isStillHappening).length;
  const mended = causes.filter(isMended).length;
  const looks =
    mended === causes.length
      ? mended === 1
        ? "It looks"
        : "All look"
      : verb(mended, "one looks", `${mended} look`);
  const facts = [
    still > 0 && html`<strong class="fail">${some(still, causes.length)} still happening</strong>`,
    mended > 0 && `${looks} mended`,
  ].filter((fact) => fact !== false);
  return html`${deliveriesOf(count)}, ${counted(causes.length, "cause")}.${facts.length > 0 && html` ${joined(facts, "; ")}.`}`;
}

/** `It is`, `One is`, `2 are`. */
function some(count: number, all: number): string {
  if (all === 1) return "It is";
  if (count === all) return all === 2 ? "Both are" : "All are";
  return count === 1 ? "One is" : `${count} are`;
}

function tabs(causes: number, failing: number, dead: number): Html {
  const tab = (state: InboxState, count?: number) =>
    html`<a href="${link("deliveries", { state })}">${glyph(stateMark(state))}${stateWord(state)}${count !== undefined && html` <span class="count">${countOf(count)}</span>`}</a>`;
  return html`<nav class="tabs" aria-label="State"><a href="?view=failed" aria-current="true">By cause <span class="count">${causes}</span></a>${tab("failed", failing)}${tab("dead", dead)}${tab("dismissed")}</nav>`;
}
