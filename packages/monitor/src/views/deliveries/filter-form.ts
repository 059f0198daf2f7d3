import { type Html, html, nothing } from "../../page/html.ts";
import { hiddenFields } from "../../page/pieces.ts";
import { visible } from "../../page/visible.ts";
import type { DeliveryList } from "../deliveries.ts";
import type { ViewContext } from "../view.ts";
import { periodWords } from "./deliveries-page.ts";

/** The outcomes that a delivery can have had last. */
const outcomes = [
  "processed",
  "duplicate",
  "in-flight",
  "persist-failed",
  "deadline-exceeded",
  "lease-lost",
  "store-unavailable",
];

/** The search and the filters; a form that is read by GET, so a filtered list has an address. */
export function filterForm({ filter, deliveries }: DeliveryList, { query, sources }: ViewContext): Html {
  const providers = [...new Set(sources.map(({ provider }) => provider).filter(Boolean))];
  const scopes = [...new Set(sources.map(({ scope }) => scope))];
  const types = [
    ...new Set([...(filter.type === undefined ? [] : [filter.type]), ...deliveries.map(({ type }) => type)]),
  ];
  const kept = { view: "deliveries", state: filter.state, cause: filter.cause, error: filter.error };
  return html`<form class="filters row" role="search" method="get">${hiddenFields(kept)}
<input aria-label="Search by job id, event id or key" class="field search" type="search" name="search" value="${filter.search ?? ""}" placeholder="Job id, event id or key" autocomplete="off" spellcheck="false" maxlength="1000">
${select("provider", "Sender", "Any sender", providers.map(same), filter.provider)}
${scopes.length > 1 ? select("scope", "Scope", "Any scope", scopes.filter(Boolean).map(same), filter.scope) : nothing}
${select("type", "Type", "Any type", types.sort().map(same), filter.type)}
${select("outcome", "Last outcome", "Any outcome", outcomes.map(same), filter.outcome)}
${select(
  "since",
  "Time",
  "Any time",
  Object.entries(periodWords).map(([period, words]) => [period, `Last ${words}`] as const),
  query.get("since") ?? undefined,
)}
<button class="button">Search</button></form>`;
}

function same(value: string): readonly [string, string] {
  return [value, value];
}

function select(
  name: string,
  label: string,
  any: string,
  options: readonly (readonly [string, string])[],
  chosen: string | undefined,
): Html {
  return html`<select class="field" name="${name}" aria-label="${label}"><option value="">${any}</option>${options.map(
    ([value, word]) =>
      html`<option value="${value}"${value === chosen ? html` selected` : nothing}>${visible(word, 60)}</option>`,
  )}</select>`;
}
