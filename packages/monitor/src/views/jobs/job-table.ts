import { statusOfJob } from "../../data/job-health.ts";
import { actionButton, actionForm, linkButton } from "../../page/controls.ts";
import { type Mark, status } from "../../page/glyphs.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { identifier, isFailing, query as link, soft } from "../../page/pieces.ts";
import { type Column, table } from "../../page/table.ts";
import { ago, clock } from "../../page/times.ts";
import { visible } from "../../page/visible.ts";
import { rough } from "../../page/words.ts";
import type { KnownJob } from "../jobs.ts";
import type { ViewContext } from "../view.ts";
import { jobSteps } from "./job-steps.ts";

export function jobTable(jobs: readonly KnownJob[], caption: string, context: ViewContext): Html {
  const hidden = html`<caption class="hidden">${caption}</caption>`;
  return html`<div class="box scroll">${table(jobs, columns(context), { caption: hidden })}</div>`;
}

function columns(context: ViewContext): readonly Column<KnownJob>[] {
  const { now } = context;
  const narrowly = (word: string) => html`<span class="narrow-only soft">${word} </span>`;
  return [
    {
      heading: "Job",
      namesRow: true,
      look: "whole",
      cell: ({ job }) => identifier(job.id, "job id", { short: true }),
    },
    { heading: "Sender", look: "nowrap", cell: ({ job }) => job.provider },
    { heading: "Lifecycle", look: "whole", cell: (known) => jobSteps(statusOfJob(known, known.deliveries)) },
    {
      heading: "Age",
      look: "number",
      cell: ({ job }) => html`${narrowly("age")}${rough(Math.max(now - job.createdAt.getTime(), 1_000))}`,
    },
    { heading: "What is known", look: "whole", cell: (known) => finding(known, now) },
    {
      heading: "Last check",
      look: "number",
      cell: (known) => html`${narrowly("checked")}${lastCheck(known, now)}`,
    },
    {
      heading: html`<span class="hidden">Actions</span>`,
      look: "number end",
      cell: (known) => html`<span class="row">${checkForm(known, context)}${openLink(known)}</span>`,
    },
  ];
}

function lastCheck({ job, table: { checkable } }: KnownJob, now: number): Html {
  return job.checkedAt === null ? soft(checkable ? "not yet" : "none") : ago(job.checkedAt.getTime(), now);
}

function finding({ finding: kind, job, deliveries, table: { checkable } }: KnownJob, now: number): Html {
  const failing = deliveries.find(({ state }) => isFailing(state));
  const by = deliveries.find(({ requests, runs }) => requests === 0 && runs > 0);
  const problem = (mark: Mark, word: string, more: Html | string | undefined) =>
    html`${status(mark, word)}${more && html`<br>${soft(more)}`}`;
  switch (kind) {
    case "failing-here":
      return problem(
        "fail",
        "Webhook failing here",
        failing?.state === "dead"
          ? "its sender has given up"
          : failing && html`the sender can try again until ${clock(failing.deadAt, now)}`,
      );
    case "unpersisted":
      return problem(
        "warn",
        "Ended, not persisted",
        `no webhook of ${deliveries.length === 0 ? "it" : "its end"} has come`,
      );
    case "by-check":
      return problem(
        "replay",
        "Delivered by a check",
        by && html`at ${clock(by.receivedAt, now)}; no webhook had come`,
      );
    case "overdue":
      return problem(
        "warn",
        job.problem === "overdue" ? "Overdue" : "Check failed",
        checkable
          ? html`<code>${visible(job.problem ?? "")}</code>, ${job.failures} in a row`
          : "the sender has no status call",
      );
    case "running":
      return soft(`${job.status === "queued" ? "waiting" : "under way"} at the sender`);
    case "failed-at-sender":
      return soft(`${job.status} at the sender, and persisted`);
    case "delivered":
      return soft(html`completed ${ago(job.updatedAt.getTime(), now)}, and persisted`);
  }
}

function openLink({ deliveries: [newest], job }: KnownJob): Html {
  const address = newest === undefined ? addressOf(job) : link("delivery", { key: newest.key });
  return linkButton(address, "Open", "low");
}

function addressOf({ id, provider }: KnownJob["job"]): string {
  return link("jobs", { job: id, provider });
}

/** Asks the sender now. What has ended and is persisted needs no check. */
function checkForm({ job, table: { checkable } }: KnownJob, { access }: ViewContext): Html {
  if ((job.terminal && job.settled) || !checkable || access.access !== "all") return nothing;
  const fields = { job: job.id, provider: job.provider };
  return actionForm(addressOf(job), fields, actionButton("check-job", "Check", "low"), "");
}
