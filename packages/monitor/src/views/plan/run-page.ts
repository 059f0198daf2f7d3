import type { BulkReplay } from "@latchhook/core";
import type { BulkRun } from "../../actions/bulk-runs.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { hiddenFields, query as link } from "../../page/pieces.ts";
import { exactClock } from "../../page/times.ts";
import { visible } from "../../page/visible.ts";
import { counted, number } from "../../page/words.ts";
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
<dl class="nums"><div><dt>Succeeded</dt><dd><b class="ok">${number(progress.succeeded)}</b></dd></div><div><dt>Failed again</dt><dd><b${progress.failed > 0 ? html` class="fail"` : nothing}>${number(progress.failed)}</b></dd></div><div><dt>Not run</dt><dd><b>${number(progress.skipped)}</b></dd></div></dl>
<p class="row after">${cancel(run, progress, context)}<a class="button" href="?view=failed">Failed</a><a class="button quiet" href="?view=deliveries">Deliveries</a></p></section>
<p class="small soft after">Not run: their bodies are not kept, or they had succeeded or were running already.</p>`,
  };
}

function done({ succeeded, failed, skipped }: BulkReplay): number {
  return succeeded + failed + skipped;
}

function answer(progress: BulkReplay): Html {
  const { planned, succeeded, failed, ended } = progress;
  const so = html`<span class="ok">${number(succeeded)} succeeded</span>${failed > 0 ? html`, <strong class="fail">${number(failed)} failed again</strong>` : nothing}`;
  switch (ended) {
    case null:
      return html`<strong class="run">Replaying</strong>: ${number(done(progress))} of ${number(planned)} done; ${so}.`;
    case "cancelled":
      return html`The replay was cancelled after ${number(done(progress))} of ${number(planned)}: ${so}.`;
    case "failures":
      return html`<strong class="fail">The replay stopped</strong> after ten failures in a row, ${number(done(progress))} of ${number(planned)} done: the cause is still there.`;
    case "all":
      return planned === 0
        ? html`There was nothing to replay.`
        : html`${counted(planned, "delivery", "deliveries")} ${planned === 1 ? "was" : "were"} replayed: ${so}.`;
  }
}

function bar(progress: BulkReplay): Html {
  const { planned } = progress;
  return html`<p><label>${number(done(progress))} of ${number(planned)} <progress max="${Math.max(planned, 1)}" value="${done(progress)}"></progress></label></p>`;
}

function cancel({ id }: BulkRun, { ended }: BulkReplay, { access }: ViewContext): Html {
  if (ended !== null || access.access !== "all") return nothing;
  return html`<form method="post" action="${link("plan", { run: id })}">${hiddenFields({ run: id })}<button class="button" name="action" value="cancel">Cancel</button></form>`;
}
