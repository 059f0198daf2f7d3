import type { ReplayPlan } from "../../data/replay-plan.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { emptyBox, fact, hiddenFields, query as link } from "../../page/pieces.ts";
import { ago } from "../../page/times.ts";
import { visible } from "../../page/visible.ts";
import { counted, number } from "../../page/words.ts";
import { filterOf } from "../deliveries/deliveries-page.ts";
import type { Page, ViewContext } from "../view.ts";

export function planPage(plan: ReplayPlan, context: ViewContext): Page {
  return {
    title: "Replay plan",
    heading: html`<a href="?view=failed">Failed</a> / Replay plan`,
    aside: html`nothing has run yet`,
    still: true,
    answer: answer(plan),
    body:
      plan.planned === 0
        ? emptyBox(
            "ok",
            "Nothing to replay",
            "Nothing that matches has failed, or it has succeeded meanwhile.",
            html`<p class="row"><a class="button" href="?view=failed">Failed</a></p>`,
          )
        : html`<div class="columns">${whatRuns(plan, context)}${howItRuns(context)}</div>`,
  };
}

function answer({ planned, replayable, more }: ReplayPlan): Html {
  if (planned === 0) return html`There is nothing to replay.`;
  const missing = planned - replayable;
  const rest = more ? html` There are more than one run takes; plan again after it.` : nothing;
  if (missing === 0)
    return html`${replayable === 1 ? "1 delivery" : `All ${number(replayable)} deliveries`} can be replayed.${rest}`;
  return html`${number(replayable)} of ${counted(planned, "delivery", "deliveries")} can be replayed. ${number(missing)} cannot: ${missing === 1 ? "its body is" : "their bodies are"} not kept.${rest}`;
}

function whatRuns({ types, replayable }: ReplayPlan, { query, access, now }: ViewContext): Html {
  const form =
    access.access === "all" && replayable > 0
      ? html`<form class="foot" method="post" action="${link("plan")}">${hiddenFields(filterOf(query))}<button class="button main" name="action" value="replay-all">Replay ${number(replayable)} now</button><a class="button quiet" href="?view=failed">Back</a></form>`
      : html`<p class="foot">${replayable === 0 ? "None of their bodies is kept." : "You may read, not act."}<a class="button quiet" href="?view=failed">Back</a></p>`;
  return html`<section class="box"><div class="scroll" role="region" aria-label="What will run" tabindex="0"><table><caption>What will run</caption><thead><tr><th scope="col">Type</th><th scope="col">Sender</th><th scope="col" class="number">Deliveries</th><th scope="col" class="number">Replayed</th><th scope="col" class="number">Oldest</th><th scope="col" class="number">Newest</th></tr></thead>
<tbody>${types.map(
    ({ type, provider, scope, planned, replayable: kept, oldestAt, newestAt }) =>
      html`<tr><th scope="row">${visible(type, 80) || "(no type)"}</th><td>${provider}${scope === "" ? nothing : html` <span class="chip">${visible(scope, 40)}</span>`}</td><td class="number">${number(planned)}</td><td class="number">${number(kept)}</td><td class="number">${ago(oldestAt, now)}</td><td class="number">${ago(newestAt, now)}</td></tr>`,
  )}</tbody></table></div>${form}</section>`;
}

function howItRuns({ access }: ViewContext): Html {
  return html`<section class="box pad" aria-labelledby="how"><div class="head row"><h2 id="how">How it runs</h2></div>
<dl class="facts">${fact("Order", "the oldest first")}${fact("At a time", "4")}${fact("At most", "1,000 in one run")}${fact("Stops", "after 10 failures in a row, or when you cancel")}${fact("Dedupe", "stays on: what a sender delivers meanwhile is not run twice")}${fact("Signature", "verified at receipt, not again")}${fact("Recorded as", html`replay by <b>${visible(access.actor, 40)}</b>`)}</dl></section>`;
}
