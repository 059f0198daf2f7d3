import type { BulkReplay } from "@latchhook/core";
import type { BulkRun } from "../../actions/bulk-runs.ts";
import { actionButton, actionForm, linkButton } from "../../page/controls.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { figures, query as link } from "../../page/pieces.ts";
import { exactClock } from "../../page/times.ts";
import { visible } from "../../page/visible.ts";
import { deliveriesOf, number, verb } from "../../page/words.ts";
import type { Page, ViewContext } from "../view.ts";

/** A bulk replay that was begun by this process. */
export function runPage(run: BulkRun, context: ViewContext): Page {
  const progress = run.progress();
  return {
    title: progress.ended === null ? "Replaying" : "Replayed",
    heading: html`<a href="?view=failed">Failed</a> / Replay`,
    answer: answer(progress),
    more: html`Begun by ${visible(run.actor, 40)} at ${exactClock(run.startedAt, context.now)}.`,
    body: html`<section class="box pad" aria-label="Progress">${bar(progress)}
${figures([
  ["Succeeded", html`<b class="ok">${number(progress.succeeded)}</b>`],
  ["Failed again", html`<b class="${progress.failed > 0 && "fail"}">${number(progress.failed)}</b>`],
  ["Not run", html`<b>${number(progress.skipped)}</b>`],
])}<div class="row after">${cancel(run, progress, context)}${linkButton("?view=failed", "Failed")}${linkButton("?view=deliveries", "Deliveries", "quiet")}</div></section>
<p class="small soft after">Not run: their bodies are not kept, or they had succeeded or were running already.</p>`,
  };
}

function done({ succeeded, failed, skipped }: BulkReplay): number {
  return succeeded + failed + skipped;
}

function answer(progress: BulkReplay): Html {
  const { planned, succeeded, failed, ended } = progress;
  const so = html`<span class="ok">${number(succeeded)} succeeded</span>${failed > 0 && html`, <strong class="fail">${number(failed)} failed again</strong>`}`;
  const far = `${number(done(progress))} of ${number(planned)}`;
  switch (ended) {
    case null:
      return html`<strong class="run">Replaying</strong>: ${far} done; ${so}.`;
    case "cancelled":
      return html`The replay was cancelled after ${far}: ${so}.`;
    case "failures":
      return html`<strong class="fail">The replay stopped</strong> after ten failures in a row, ${far} done: the cause is still there.`;
    case "all":
      return planned === 0
        ? html`There was nothing to replay.`
        : html`${deliveriesOf(planned)} ${verb(planned, "was", "were")} replayed: ${so}.`;
  }
}

function bar(progress: BulkReplay): Html {
  const { planned } = progress;
  return html`<p><label>${number(done(progress))} of ${number(planned)} <progress max="${Math.max(planned, 1)}" value="${done(progress)}"></progress></label></p>`;
}

function cancel({ id }: BulkRun, { ended }: BulkReplay, { access }: ViewContext): Html {
  if (ended !== null || access.access !== "all") return nothing;
  return actionForm(link("plan", { run: id }), { run: id }, actionButton("cancel", "Cancel"), "");
}
