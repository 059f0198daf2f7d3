import { inboxStates, periods } from "../../data/read-filter.ts";
import { glyph } from "../../page/glyphs.ts";
import { type Html, html } from "../../page/html.ts";
import { query as link, stateMark, stateWord } from "../../page/pieces.ts";
import { visible } from "../../page/visible.ts";
import { countOf, deliveriesOf, listed, verb } from "../../page/words.ts";
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
  const some = (count: number, one: string, many?: string) =>
    count > 0 ? [`${countOf(count)} ${verb(count, one, many)}`] : [];
  const open = [
    ...some(counts.failed, "is failing", "are failing"),
    ...some(counts.dead, "is dead", "are dead"),
    ...some(counts.running, "runs now", "run now"),
  ];
  if (counts.all === 0) return html`No delivery matches${when}.`;
  const rest = counts.all > counts.failed + counts.dead + counts.running;
  return html`${deliveriesOf(counts.all)} came${when}${
    open.length === 0
      ? html`; <span class="ok">none is failing</span>`
      : html`. ${listed(open)}${rest && `, the rest is done${counts.dismissed > 0 ? " or dismissed" : ""}`}`
  }.`;
}

export const periodWords: Readonly<Record<string, string>> = {
  "1h": "hour",
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
};

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
  return html`Yes: ${deliveriesOf(found.length)} of ${id} came, ${words}.`;
}

function tabs({ filter, counts }: DeliveryList, { query }: ViewContext): Html {
  const { state: _, ...rest } = filterOf(query);
  return html`<nav class="tabs" aria-label="State">${[undefined, ...inboxStates].map(
    (state) =>
      html`<a href="${link("deliveries", { ...rest, state })}"${state === filter.state && html` aria-current="true"`}>${
        state === undefined ? "All" : html`${glyph(stateMark(state))}${stateWord(state)}`
      } <span class="count">${countOf(counts[state ?? "all"])}</span></a>`,
  )}</nav>`;
}
