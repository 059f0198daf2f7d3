import { hiddenFields } from "../../page/controls.ts";
import { type Html, html } from "../../page/html.ts";
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
  const types = [...new Set([filter.type ?? "", ...deliveries.map(({ type }) => type)])].filter(Boolean);
  const kept = { view: "deliveries", state: filter.state, cause: filter.cause, error: filter.error };
  const periodOptions = Object.entries(periodWords).map(
    ([period, words]) => [period, `Last ${words}`] as const,
  );
  return html`<form class="filters row" role="search" method="get">${hiddenFields(kept)}
<input aria-label="Search by job id, event id or key" class="field search" type="search" name="search" value="${filter.search ?? ""}" placeholder="Job id, event id or key" autocomplete="off" spellcheck="false" maxlength="1000">
${select("provider", "Sender", providers.map(same), filter.provider)}
${scopes.length > 1 && select("scope", "Scope", scopes.filter(Boolean).map(same), filter.scope)}
${select("type", "Type", types.sort().map(same), filter.type)}
${select("outcome", "Last outcome", outcomes.map(same), filter.outcome)}
${select("since", "Time", periodOptions, query.get("since"))}
<button class="button">Search</button></form>`;
}

function same(value: string): readonly [string, string] {
  return [value, value];
}

function select(
  name: string,
  label: string,
  options: readonly (readonly [string, string])[],
  chosen: string | null | undefined,
): Html {
  return html`<select class="field" name="${name}" aria-label="${label}"><option value="">Any ${label.split(" ").at(-1)?.toLowerCase()}</option>${options.map(
    ([value, word]) =>
      html`<option value="${value}"${value === chosen && html` selected`}>${visible(word, 60)}</option>`,
  )}</select>`;
}
