import type { InboxState } from "@latchhook/core";
import { periods } from "../../data/read-filter.ts";
import { glyph } from "../../page/glyphs.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { query as link, stateMark, stateWord } from "../../page/pieces.ts";
import { visible } from "../../page/visible.ts";
import { counted, countOf, listed } from "../../page/words.ts";
import type { DeliveryList } from "../deliveries.ts";
import type { Page, ViewContext } from "../view.ts";
import { deliveryTable } from "./delivery-table.ts";
import { filterForm } from "./filter-form.ts";
import { noDeliveries } from "./no-deliveries.ts";

/** What of the address is a filter, to be carried along. */
export function filterOf(query: URLSearchParams): Readonly<Record<string, string>> {
  const names = [
    "search",
    "provider",
    "scope",
    "state",
    "type",
    "outcome",
    "error",
    "since",
    "until",
    "cause",
    "limit",
  ];
  return Object.fromEntries(
    names.flatMap((name) => (query.has(name) ? [[name, query.get(name) ?? ""]] : [])),
  );
}

export function deliveriesPage(list: DeliveryList, context: ViewContext): Page {
  return {
    title: "Deliveries",
    answer: answer(list, context),
    more:
      list.filter.cause === undefined
        ? undefined
        : html`Only those of one cause. <a href="?view=deliveries">Show all</a>`,
    body: html`<section aria-label="Deliveries">${tabs(list, context)}${filterForm(list, context)}${
      list.deliveries.length === 0 ? noDeliveries(list, context) : deliveryTable(list, context)
    }</section>`,
  };
}

function answer({ filter, counts, deliveries, job }: DeliveryList, { query, sources }: ViewContext): Html {
  if (sources.length === 0) return html`No endpoint is shown here.`;
  if (filter.search !== undefined) return searchAnswer(deliveries, filter.search, job !== undefined);
  const since = query.get("since") ?? "";
  const when = Object.hasOwn(periods, since) ? ` in the last ${periodWords[since]}` : "";
  const open = [
    ...(counts.failed > 0 ? [`${countOf(counts.failed)} ${counts.failed === 1 ? "is" : "are"} failing`] : []),
    ...(counts.dead > 0 ? [`${countOf(counts.dead)} ${counts.dead === 1 ? "is" : "are"} dead`] : []),
    ...(counts.running > 0
      ? [`${countOf(counts.running)} ${counts.running === 1 ? "runs" : "run"} now`]
      : []),
  ];
  if (counts.all === 0) return html`No delivery matches${when}.`;
  const rest = counts.all > counts.failed + counts.dead + counts.running;
  const finished = counts.dismissed > 0 ? "the rest is done or dismissed" : "the rest is done";
  return html`${counted(counts.all, "delivery", "deliveries")} came${when}${
    open.length === 0
      ? html`; <span class="ok">none is failing</span>.`
      : html`. ${sentence(listed(open))}${rest ? `, ${finished}` : ""}.`
  }`;
}

export const periodWords: Readonly<Record<string, string>> = {
  "1h": "hour",
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
};

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function searchAnswer(found: DeliveryList["deliveries"], search: string, isJob: boolean): Html {
  const id = html`<code>${visible(search, 60)}</code>`;
  if (found.length === 0) {
    return isJob ? html`No webhook of job ${id} has come.` : html`Nothing that came is called ${id}.`;
  }
  const words = listed(
    [...new Set(found.map(({ state }) => state))].map(
      (state) => `${found.filter((one) => one.state === state).length} ${stateWord(state).toLowerCase()}`,
    ),
  );
  return html`Yes: ${counted(found.length, "delivery", "deliveries")} of ${id} came, ${words}.`;
}

const tabStates: readonly (InboxState | undefined)[] = [
  undefined,
  "running",
  "failed",
  "dead",
  "done",
  "dismissed",
];

function tabs({ filter, counts }: DeliveryList, { query }: ViewContext): Html {
  const { state: _, ...rest } = filterOf(query);
  return html`<nav class="tabs" aria-label="State">${tabStates.map(
    (state) =>
      html`<a href="${link("deliveries", { ...rest, state })}"${state === filter.state ? html` aria-current="true"` : nothing}>${
        state === undefined ? nothing : glyph(stateMark(state))
      }${state === undefined ? "All" : stateWord(state)} <span class="count">${countOf(counts[state ?? "all"])}</span></a>`,
  )}</nav>`;
}
