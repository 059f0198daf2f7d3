import type { InboxDelivery } from "@latchhook/core";
import { classOf } from "../../data/outcome-class.ts";
import { pips } from "../../page/charts.ts";
import { linkButton } from "../../page/controls.ts";
import { type Html, html } from "../../page/html.ts";
import {
  deliveryLink,
  identifier,
  isOpen,
  query as link,
  sender,
  soft,
  stateStatus,
} from "../../page/pieces.ts";
import { type Column, table } from "../../page/table.ts";
import { ago } from "../../page/times.ts";
import { errorText, visible } from "../../page/visible.ts";
import { countOf, number } from "../../page/words.ts";
import type { DeliveryList } from "../deliveries.ts";
import type { ViewContext } from "../view.ts";
import { filterOf } from "./deliveries-page.ts";

/** The list; on a narrow screen each row becomes a card, and stays a row for whoever listens to it. */
export function deliveryTable(list: DeliveryList, { query, now }: ViewContext): Html {
  const { deliveries, next, counts, filter } = list;
  const carried = filterOf(query);
  const caption = html`<caption class="hidden">Deliveries, newest first</caption>`;
  return html`<div class="box scroll">${table(deliveries, columns(now), { caption })}
<div class="foot"><span>Newest first, ${deliveries.length} of ${countOf(counts[filter.state ?? "all"])}</span><span class="row"><a href="${link("deliveries", { ...carried, format: "csv" })}">Export CSV, redacted</a>${
    query.has("before") && linkButton(link("deliveries", carried), "Newest", "low")
  }${next !== null && linkButton(link("deliveries", { ...carried, before: next }), "Older", "low")}</span></div></div>`;
}

function columns(now: number): readonly Column<InboxDelivery>[] {
  return [
    { heading: "State", cell: ({ state }) => stateStatus(state) },
    { heading: "Event", look: "whole", namesRow: true, cell: deliveryLink },
    {
      heading: "Job",
      look: "whole",
      cell: ({ jobId }) => (jobId === null ? soft("none") : identifier(jobId, "job id", { short: true })),
    },
    { heading: "Sender", look: "nowrap", cell: sender },
    { heading: "Attempts", look: "wide-only nowrap", cell: attempts },
    { heading: "Last answer", look: "clip whole", cell: lastAnswer },
    {
      heading: "ms",
      look: "number wide-only",
      cell: ({ state, lastDurationMs }) =>
        state === "running" ? undefined : number(Math.round(lastDurationMs)),
    },
    { heading: "Received", look: "number end", cell: ({ receivedAt }) => ago(receivedAt, now) },
  ];
}

/** The sender's attempts used of those that it makes. */
function attempts({ requests, senderAttempt, maxAttempts, state }: InboxDelivery): Html {
  if (requests === 0) return soft("by a check");
  const used = Math.max(requests, senderAttempt ?? 0);
  return html`${pips(used, maxAttempts, isOpen(state))}${used}${maxAttempts !== null && ` of ${maxAttempts}`}`;
}

function lastAnswer(delivery: InboxDelivery): Html {
  const { state, lastStatus, lastOutcome, errorName, error } = delivery;
  if (isOpen(state) && error !== null) {
    const text = visible(errorText({ error, errorName: errorName === "Error" ? null : errorName }), 200);
    return html`<span title="${text}"><span class="fail">${lastStatus}</span> <code>${text}</code></span>`;
  }
  const failed = classOf(lastOutcome) === "failed";
  return html`<span class="${failed ? "fail" : "soft"}">${lastStatus} ${lastOutcome}</span>`;
}
