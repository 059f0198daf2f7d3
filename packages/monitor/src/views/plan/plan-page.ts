import type { PlannedType, ReplayPlan } from "../../data/replay-plan.ts";
import { actionButton, actionForm, linkButton } from "../../page/controls.ts";
import { type Html, html } from "../../page/html.ts";
import { emptyBox, facts, query as link, sender } from "../../page/pieces.ts";
import { section } from "../../page/section.ts";
import { type Column, table } from "../../page/table.ts";
import { ago } from "../../page/times.ts";
import { visible } from "../../page/visible.ts";
import { deliveriesOf, number, verb } from "../../page/words.ts";
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
            linkButton("?view=failed", "Failed"),
          )
        : html`<div class="columns">${whatRuns(plan, context)}${howItRuns(context)}</div>`,
  };
}

function answer({ planned, replayable, more }: ReplayPlan): Html {
  if (planned === 0) return html`There is nothing to replay.`;
  const missing = planned - replayable;
  const which =
    missing > 0
      ? `${number(replayable)} of ${deliveriesOf(planned)} can be replayed. ${number(missing)} cannot: ${verb(missing, "its body is", "their bodies are")} not kept.`
      : `${planned === 1 ? "1 delivery" : `All ${number(planned)} deliveries`} can be replayed.`;
  return html`${which}${more && " There are more than one run takes; plan again after it."}`;
}

function whatRuns({ types, replayable }: ReplayPlan, { query, access, now }: ViewContext): Html {
  const back = linkButton("?view=failed", "Back", "quiet");
  const button = html`${actionButton("replay-all", `Replay ${number(replayable)} now`, "main")}${back}`;
  const foot =
    access.access === "all" && replayable > 0
      ? actionForm(link("plan"), filterOf(query), button, "foot")
      : html`<p class="foot">${replayable === 0 ? "None of their bodies is kept." : "You may read, not act."}${back}</p>`;
  const rows = table(types, columns(now), { caption: html`<caption>What will run</caption>`, look: "" });
  return html`<section class="box"><div class="scroll" role="region" aria-label="What will run" tabindex="0">${rows}</div>${foot}</section>`;
}

function columns(now: number): readonly Column<PlannedType>[] {
  const look = "number";
  return [
    { heading: "Type", namesRow: true, cell: ({ type }) => visible(type, 80) || "(no type)" },
    { heading: "Sender", cell: sender },
    { heading: "Deliveries", look, cell: ({ planned }) => number(planned) },
    { heading: "Replayed", look, cell: ({ replayable }) => number(replayable) },
    { heading: "Oldest", look, cell: ({ oldestAt }) => ago(oldestAt, now) },
    { heading: "Newest", look, cell: ({ newestAt }) => ago(newestAt, now) },
  ];
}

function howItRuns({ access }: ViewContext): Html {
  return section(
    { id: "how", title: "How it runs" },
    facts([
      ["Order", "the oldest first"],
      ["At a time", "4"],
      ["At most", "1,000 in one run"],
      ["Stops", "after 10 failures in a row, or when you cancel"],
      ["Dedupe", "stays on: what a sender delivers meanwhile is not run twice"],
      ["Signature", "verified at receipt, not again"],
      ["Recorded as", html`replay by <b>${visible(access.actor, 40)}</b>`],
    ]),
  );
}
