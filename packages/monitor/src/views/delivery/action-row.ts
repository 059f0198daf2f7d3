import { actionButton, actionForm } from "../../page/controls.ts";
import { type Html, html } from "../../page/html.ts";
import { identifier, isFailing, isOpen, query as link, soft } from "../../page/pieces.ts";
import { visible } from "../../page/visible.ts";
import type { KnownDelivery } from "../delivery.ts";
import type { ViewContext } from "../view.ts";

/** The job, and what can be done. */
export function actionRow(known: KnownDelivery, { access }: ViewContext): Html {
  const { jobId, jobStatus } = known.delivery;
  const job =
    jobId === null
      ? soft("not about a job")
      : html`${identifier(jobId, "job id")}${jobStatus !== null && soft(`${jobStatus} at the sender`)}`;
  return html`<section aria-label="Job and actions" class="row acts"><p class="row">${job}</p>${
    access.access === "all"
      ? actions(known, access.actor)
      : html`<p class="soft small">You may read, not act.</p>`
  }</section>`;
}

function actions({ delivery, job, source }: KnownDelivery, actor: string): Html {
  const { key, state, hasBody } = delivery;
  const buttons = html`${isOpen(state) && hasBody && actionButton("replay", "Replay", "main")}${
    job?.table.checkable === true && actionButton("check-job", "Check job")
  }${hasBody && actionButton("drop-body", "Drop body", "quiet")}${
    isFailing(state) && actionButton("dismiss", "Dismiss", "quiet")
  }`;
  const ordinary = actionForm(link("delivery", { key }), { key, provider: source.provider }, buttons);
  return html`<div class="row">${ordinary}${state === "done" && hasBody && forcedReplay(key, actor)}</div>`;
}

/** Of a done delivery: only with a second confirmation. */
function forcedReplay(key: string, actor: string): Html {
  const confirmation = html`<p>Your callback has succeeded for this delivery. A forced replay runs it a second time, whatever it has stored already, and is recorded as ${visible(actor, 40)}’s.</p>
<p class="row"><label class="check"><input type="checkbox" name="force" value="true" required> Run it a second time</label>${actionButton("replay", "Replay")}</p>`;
  return html`<details><summary class="button quiet">Replay all the same…</summary>${actionForm(link("delivery", { key }), { key }, confirmation, "box pad")}</details>`;
}
