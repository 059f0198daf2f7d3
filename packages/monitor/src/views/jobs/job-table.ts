import { statusOfJob } from "../../data/job-health.ts";
import { status } from "../../page/glyphs.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { hiddenFields, identifier, query as link } from "../../page/pieces.ts";
import { ago, clock } from "../../page/times.ts";
import { visible } from "../../page/visible.ts";
import { rough } from "../../page/words.ts";
import type { KnownJob } from "../jobs.ts";
import type { ViewContext } from "../view.ts";
import { jobSteps } from "./job-steps.ts";

export function jobTable(jobs: readonly KnownJob[], caption: string, context: ViewContext): Html {
  return html`<div class="box scroll"><table class="rows" role="table"><caption class="hidden">${caption}</caption>
<thead role="rowgroup"><tr role="row">${["Job", "Sender", "Lifecycle"].map((heading) => html`<th role="columnheader" scope="col">${heading}</th>`)}<th role="columnheader" scope="col" class="number">Age</th><th role="columnheader" scope="col">What is known</th><th role="columnheader" scope="col" class="number">Last check</th><th role="columnheader" scope="col"><span class="hidden">Actions</span></th></tr></thead>
<tbody role="rowgroup">${jobs.map((job) => row(job, context))}</tbody></table></div>`;
}

function row(known: KnownJob, context: ViewContext): Html {
  const { job } = known;
  const { now } = context;
  return html`<tr role="row"><th role="rowheader" scope="row" class="whole">${identifier(job.id, "job id", { short: true })}</th><td role="cell" class="nowrap">${job.provider}</td><td role="cell" class="whole">${jobSteps(statusOfJob(known, known.deliveries))}</td><td role="cell" class="number"><span class="narrow-only soft">age </span>${rough(Math.max(now - job.createdAt.getTime(), 1_000))}</td><td role="cell" class="whole">${finding(known, now)}</td><td role="cell" class="number"><span class="narrow-only soft">checked </span>${lastCheck(known, now)}</td><td role="cell" class="number end"><span class="row">${settledOrNot(known, context)}${action(known)}</span></td></tr>`;
}

function lastCheck({ job, table }: KnownJob, now: number): Html {
  if (job.checkedAt !== null) return ago(job.checkedAt.getTime(), now);
  return html`<span class="soft">${table.checkable ? "not yet" : "none"}</span>`;
}

function finding({ finding: kind, job, deliveries, table }: KnownJob, now: number): Html {
  const failing = deliveries.find(({ state }) => state === "failed" || state === "dead");
  const by = deliveries.find(({ requests, runs }) => requests === 0 && runs > 0);
  const more = (text: Html | string) => html`<br><span class="soft">${text}</span>`;
  switch (kind) {
    case "failing-here":
      return html`${status("fail", "Webhook failing here")}${failing === undefined ? nothing : more(failing.state === "dead" ? "its sender has given up" : html`the sender can try again until ${clock(failing.deadAt, now)}`)}`;
    case "unpersisted":
      return html`${status("warn", "Ended, not persisted")}${more(deliveries.length === 0 ? "no webhook of it has come" : "no webhook of its end has come")}`;
    case "by-check":
      return html`${status("replay", "Delivered by a check")}${by === undefined ? nothing : more(html`at ${clock(by.receivedAt, now)}; no webhook had come`)}`;
    case "overdue":
      return html`${status("warn", job.problem === "overdue" ? "Overdue" : "Check failed")}${more(table.checkable ? html`<code>${visible(job.problem ?? "")}</code>, ${job.failures} in a row` : "the sender has no status call")}`;
    case "running":
      return html`<span class="soft">${job.status === "queued" ? "waiting at the sender" : "under way at the sender"}</span>`;
    case "failed-at-sender":
      return html`<span class="soft">${job.status} at the sender, and persisted</span>`;
    case "delivered":
      return html`<span class="soft">completed ${ago(job.updatedAt.getTime(), now)}, and persisted</span>`;
  }
}

function action({ deliveries, job }: KnownJob): Html {
  const newest = deliveries[0];
  return newest === undefined
    ? html`<a class="button low" href="${link("jobs", { job: job.id, provider: job.provider })}">Open</a>`
    : html`<a class="button low" href="${link("delivery", { key: newest.key })}">Open</a>`;
}

/** What has ended and is persisted needs no check. */
function settledOrNot(known: KnownJob, context: ViewContext): Html {
  return known.job.terminal && known.job.settled ? nothing : checkForm(known, context);
}

/** Asks the sender now. */
function checkForm({ job, table }: KnownJob, { access }: ViewContext): Html {
  if (!table.checkable || access.access !== "all") return nothing;
  return html`<form method="post" action="${link("jobs", { job: job.id, provider: job.provider })}">${hiddenFields({ job: job.id, provider: job.provider })}<button class="button low" name="action" value="check-job">Check</button></form>`;
}
