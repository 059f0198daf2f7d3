import { series } from "../../data/counters.ts";
import { countColumns, ticks } from "../../page/charts.ts";
import { status } from "../../page/glyphs.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { fact, hiddenFields, query as link } from "../../page/pieces.ts";
import { ago } from "../../page/times.ts";
import { shownError, visible } from "../../page/visible.ts";
import { counted, countOf } from "../../page/words.ts";
import type { FailureCause } from "../failed.ts";
import type { ViewContext } from "../view.ts";

/** The same types have come and succeeded since the last of these. */
export function isMended({ succeededSince }: FailureCause): boolean {
  return succeededSince > 0;
}

/** Nothing of this sender has succeeded since the last of these. */
export function isStillHappening(cause: FailureCause): boolean {
  const { group, sender } = cause;
  return !isMended(cause) && group.failed > 0 && (sender?.lastSuccessAt ?? 0) <= group.lastAt;
}

/** One cause: what it is, whether it is mended, and what can be done about it. */
export function causeBox(cause: FailureCause, { access, now }: ViewContext): Html {
  const { group } = cause;
  const { failed, dead, provider, scope, types, errorFrame } = group;
  const states = [
    ...(failed > 0 ? [status("fail", `${countOf(failed)} failing`)] : []),
    ...(dead > 0 ? [status("dead", `${countOf(dead)} dead`)] : []),
  ];
  return html`<article class="box group"><div><div class="row">${states}<span class="soft">${provider}${scope === "" ? nothing : `, scope ${visible(scope)}`}</span>${types.map(
    (type) => html`<span class="chip">${visible(type, 60)}</span>`,
  )}</div>
<h3><code>${title(cause)}</code></h3>${errorFrame === null ? nothing : html`<p><code class="soft">at ${visible(errorFrame)}</code></p>`}<p class="hint">${hint(cause)}</p></div>
<div>${history(cause, now)}</div>
${access.access === "all" ? actions(cause) : html`<div class="row">${showLink(cause)}</div>`}</article>`;
}

function title({ group }: FailureCause): string {
  const { errorName, outcome } = group;
  const error = shownError(group.error);
  if (error === null) return outcome;
  return visible(errorName === null ? error : `${errorName}: ${error}`);
}

function hint(cause: FailureCause): Html {
  const { group, succeededSince } = cause;
  const next =
    group.failed > 0
      ? "The sender is expected to try again by itself."
      : "The sender has given up, so a replay is the only way.";
  if (isMended(cause)) {
    return html`<b>Looks mended.</b> ${counted(succeededSince, "delivery", "deliveries")} of the same ${group.types.length === 1 ? "type" : "types"} came and succeeded after it. ${next}`;
  }
  if (isStillHappening(cause)) {
    return html`<b>Still happening.</b> Nothing of ${group.provider} has succeeded since. ${next} Mend the cause first.`;
  }
  return html`Others of ${group.provider} have succeeded since, but none of the same ${group.types.length === 1 ? "type" : "types"} that came after it. ${next}`;
}

function history({ group, sender }: FailureCause, now: number): Html {
  const halfHours = series(sender?.dayCounts ?? [], { now, columns: 48, stepMs: 1_800_000 });
  const counts = halfHours.map(({ failed }) => failed);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return html`<figure>${countColumns(counts, {
    kind: "failed",
    label: `All failures of ${group.provider} per half hour of the last 24 hours: ${total}`,
  })}${ticks("24 h ago", `failures of ${group.provider}`, "now")}</figure>
<dl class="facts small">${fact("First", ago(group.firstAt, now))}${fact("Last", ago(group.lastAt, now))}</dl>`;
}

function showLink({ group, cause }: FailureCause): Html {
  const total = group.failed + group.dead;
  return total === 1
    ? html`<a class="button" href="${link("delivery", { key: group.newestKey })}">Open</a>`
    : html`<a class="button" href="${link("deliveries", { cause })}">Show ${countOf(total)}</a>`;
}

function actions(entry: FailureCause): Html {
  const { group, cause } = entry;
  const total = group.failed + group.dead;
  if (total > 1) {
    return html`<div class="row"><a class="button ${isMended(entry) ? "main" : ""}" href="${link("plan", { cause })}">Replay ${countOf(total)}…</a>${showLink(entry)}</div>`;
  }
  const { newestKey: key } = group;
  return html`<form class="row" method="post" action="${link("failed")}">${hiddenFields({ key })}${showLink(entry)}<button class="button ${isMended(entry) ? "main" : ""}" name="action" value="replay">Replay</button><button class="button quiet" name="action" value="dismiss">Dismiss</button></form>`;
}
