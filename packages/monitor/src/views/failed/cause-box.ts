import { series } from "../../data/counters.ts";
import { total } from "../../data/total.ts";
import { countColumns, ticks } from "../../page/charts.ts";
import { actionButton, actionForm, linkButton } from "../../page/controls.ts";
import { status } from "../../page/glyphs.ts";
import { type Html, html } from "../../page/html.ts";
import { facts, query as link, soft } from "../../page/pieces.ts";
import { ago } from "../../page/times.ts";
import { errorText, visible } from "../../page/visible.ts";
import { countOf, deliveriesOf, verb } from "../../page/words.ts";
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
    failed > 0 && status("fail", `${countOf(failed)} failing`),
    dead > 0 && status("dead", `${countOf(dead)} dead`),
  ];
  return html`<article class="box group"><div><div class="row">${states}${soft(html`${provider}${scope !== "" && `, scope ${visible(scope)}`}`)}${types.map(
    (type) => html`<span class="chip">${visible(type, 60)}</span>`,
  )}</div>
<h3><code>${visible(errorText(group, group.outcome))}</code></h3>${errorFrame !== null && html`<p><code class="soft">at ${visible(errorFrame)}</code></p>`}<p class="hint">${hint(cause)}</p></div>
<div>${history(cause, now)}</div>
${access.access === "all" ? actions(cause) : html`<div class="row">${showLink(cause)}</div>`}</article>`;
}

function hint(cause: FailureCause): Html {
  const { group, succeededSince } = cause;
  const next =
    group.failed > 0
      ? "The sender is expected to try again by itself."
      : "The sender has given up, so a replay is the only way.";
  const same = `of the same ${verb(group.types.length, "type", "types")}`;
  if (isMended(cause)) {
    return html`<b>Looks mended.</b> ${deliveriesOf(succeededSince)} ${same} came and succeeded after it. ${next}`;
  }
  return isStillHappening(cause)
    ? html`<b>Still happening.</b> Nothing of ${group.provider} has succeeded since. ${next} Mend the cause first.`
    : html`Others of ${group.provider} have succeeded since, but none ${same} that came after it. ${next}`;
}

function history({ group, sender }: FailureCause, now: number): Html {
  const halfHours = series(sender?.dayCounts ?? [], { now, columns: 48, stepMs: 1_800_000 });
  const counts = halfHours.map(({ failed }) => failed);
  return html`<figure>${countColumns(counts, {
    kind: "failed",
    label: `All failures of ${group.provider} per half hour of the last 24 hours: ${total(counts, (count) => count)}`,
  })}${ticks("24 h ago", `failures of ${group.provider}`, "now")}</figure>
${facts(
  [
    ["First", ago(group.firstAt, now)],
    ["Last", ago(group.lastAt, now)],
  ],
  "small",
)}`;
}

function showLink({ group, cause }: FailureCause): Html {
  const count = group.failed + group.dead;
  return count === 1
    ? linkButton(link("delivery", { key: group.newestKey }), "Open")
    : linkButton(link("deliveries", { cause }), `Show ${countOf(count)}`);
}

function actions(entry: FailureCause): Html {
  const { group, cause } = entry;
  const count = group.failed + group.dead;
  const look = isMended(entry) ? "main" : "";
  if (count > 1) {
    return html`<div class="row">${linkButton(link("plan", { cause }), `Replay ${countOf(count)}…`, look)}${showLink(entry)}</div>`;
  }
  const buttons = html`${showLink(entry)}${actionButton("replay", "Replay", look)}${actionButton("dismiss", "Dismiss", "quiet")}`;
  return actionForm(link("failed"), { key: group.newestKey }, buttons);
}
