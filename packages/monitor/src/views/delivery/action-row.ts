import { type Html, html, nothing } from "../../page/html.ts";
import { hiddenFields, identifier, query as link } from "../../page/pieces.ts";
import { visible } from "../../page/visible.ts";
import type { KnownDelivery } from "../delivery.ts";
import type { ViewContext } from "../view.ts";

/** The job, and what can be done. */
export function actionRow(known: KnownDelivery, { access }: ViewContext): Html {
  const { jobId, jobStatus } = known.delivery;
  const job =
    jobId === null
      ? html`<span class="soft">not about a job</span>`
      : html`${identifier(jobId, "job id")}${jobStatus === null ? nothing : html`<span class="soft">${jobStatus} at the sender</span>`}`;
  return html`<section aria-label="Job and actions" class="row acts"><p class="row">${job}</p>${
    access.access === "all"
      ? actions(known, access.actor)
      : html`<p class="soft small">You may read, not act.</p>`
  }</section>`;
}

function actions({ delivery, job, source }: KnownDelivery, actor: string): Html {
  const { key, state, hasBody } = delivery;
  const open = state === "failed" || state === "dead" || state === "dismissed";
  const button = (action: string, word: string, look: string) =>
    html`<button class="button ${look}" name="action" value="${action}">${word}</button>`;
  const ordinary = html`<form class="row" method="post" action="${link("delivery", { key })}">${hiddenFields({ key, provider: source.provider })}${
    open && hasBody ? button("replay", "Replay", "main") : nothing
  }${job?.table.checkable === true ? button("check-job", "Check job", "") : nothing}${
    hasBody ? button("drop-body", "Drop body", "quiet") : nothing
  }${state === "failed" || state === "dead" ? button("dismiss", "Dismiss", "quiet") : nothing}</form>`;
  return html`<div class="row">${ordinary}${state === "done" && hasBody ? forcedReplay(key, actor) : nothing}</div>`;
}

/** Of a done delivery: only with a second confirmation. */
function forcedReplay(key: string, actor: string): Html {
  return html`<details><summary class="button quiet">Replay all the same…</summary>
<form class="box pad" method="post" action="${link("delivery", { key })}">${hiddenFields({ key })}
<p>Your callback has succeeded for this delivery. A forced replay runs it a second time, whatever it has stored already, and is recorded as ${visible(actor, 40)}’s.</p>
<p class="row"><label class="check"><input type="checkbox" name="force" value="true" required> Run it a second time</label><button class="button" name="action" value="replay">Replay</button></p></form></details>`;
}
