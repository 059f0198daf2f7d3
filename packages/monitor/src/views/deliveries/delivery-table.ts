import type { InboxDelivery } from "@latchhook/core";
import { classOf } from "../../data/outcome-class.ts";
import { pips } from "../../page/charts.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { deliveryLink, identifier, query as link, stateStatus } from "../../page/pieces.ts";
import { ago } from "../../page/times.ts";
import { shownError, visible } from "../../page/visible.ts";
import { countOf, number } from "../../page/words.ts";
import type { DeliveryList } from "../deliveries.ts";
import type { ViewContext } from "../view.ts";
import { filterOf } from "./deliveries-page.ts";

/** The list; on a narrow screen each row becomes a card, and stays a row for whoever listens to it. */
export function deliveryTable(list: DeliveryList, { query, now }: ViewContext): Html {
  const { deliveries, next, counts, filter } = list;
  const carried = filterOf(query);
  const total = counts[filter.state ?? "all"];
  const headings = ["State", "Event", "Job", "Sender", "Attempts", "Last answer"];
  return html`<div class="box scroll"><table class="rows" role="table"><caption class="hidden">Deliveries, newest first</caption>
<thead role="rowgroup"><tr role="row">${headings.map(
    (heading) =>
      html`<th role="columnheader" scope="col"${heading === "Attempts" ? html` class="wide-only"` : nothing}>${heading}</th>`,
  )}<th role="columnheader" scope="col" class="number wide-only">ms</th><th role="columnheader" scope="col" class="number">Received</th></tr></thead>
<tbody role="rowgroup">${deliveries.map((delivery) => row(delivery, now))}</tbody></table>
<div class="foot"><span>Newest first, ${deliveries.length} of ${countOf(total)}</span><span class="row"><a href="${link("deliveries", { ...carried, format: "csv" })}">Export CSV, redacted</a>${
    query.has("before")
      ? html`<a class="button low" href="${link("deliveries", carried)}">Newest</a>`
      : nothing
  }${next === null ? nothing : html`<a class="button low" href="${link("deliveries", { ...carried, before: next })}" rel="next">Older</a>`}</span></div></div>`;
}

function row(delivery: InboxDelivery, now: number): Html {
  const { jobId, provider, scope, state, lastDurationMs } = delivery;
  return html`<tr role="row"><td role="cell">${stateStatus(state)}</td>
<th role="rowheader" scope="row" class="whole">${deliveryLink(delivery)}</th>
<td role="cell" class="whole">${jobId === null ? html`<span class="soft">none</span>` : identifier(jobId, "job id", { short: true })}</td>
<td role="cell" class="nowrap">${provider}${scope === "" ? nothing : html` <span class="chip">${visible(scope, 40)}</span>`}</td>
<td role="cell" class="wide-only nowrap">${attempts(delivery)}</td>
<td role="cell" class="clip whole">${lastAnswer(delivery)}</td>
<td role="cell" class="number wide-only">${state === "running" ? nothing : number(Math.round(lastDurationMs))}</td>
<td role="cell" class="number end">${ago(delivery.receivedAt, now)}</td></tr>`;
}

/** The sender's attempts used of those that it makes. */
function attempts({ requests, senderAttempt, maxAttempts, state }: InboxDelivery): Html {
  if (requests === 0) return html`<span class="soft">by a check</span>`;
  const used = Math.max(requests, senderAttempt ?? 0);
  const failed = state === "failed" || state === "dead" || state === "dismissed";
  return html`${pips(used, maxAttempts, failed)}${used}${maxAttempts === null ? nothing : ` of ${maxAttempts}`}`;
}

function lastAnswer(delivery: InboxDelivery): Html {
  const { state, lastStatus, lastOutcome, errorName } = delivery;
  const error = shownError(delivery.error);
  const open = state === "failed" || state === "dead" || state === "dismissed";
  if (open && error !== null) {
    const text = visible(errorName === null || errorName === "Error" ? error : `${errorName}: ${error}`, 200);
    return html`<span title="${text}"><span class="fail">${lastStatus}</span> <code>${text}</code></span>`;
  }
  const failed = classOf(lastOutcome) === "failed";
  return html`<span class="${failed ? "fail" : "soft"}">${lastStatus} ${lastOutcome}</span>`;
}
