import type { JobFinding } from "../../data/job-health.ts";
import { total } from "../../data/total.ts";
import { linkButton } from "../../page/controls.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { emptyBox, joined } from "../../page/pieces.ts";
import { section } from "../../page/section.ts";
import { visible } from "../../page/visible.ts";
import { counted, listed, number, verb } from "../../page/words.ts";
import type { JobFacts, KnownJob } from "../jobs.ts";
import type { Page, ViewContext } from "../view.ts";
import { jobTable } from "./job-table.ts";

export function jobsPage(facts: JobFacts, context: ViewContext): Page {
  const { jobs, asked } = facts;
  if (context.jobs.length === 0) return notWatched();
  return {
    title: "Jobs",
    heading: asked === undefined ? undefined : html`<a href="?view=jobs">Jobs</a> / one job`,
    answer: asked === undefined ? answer(facts) : oneAnswer(asked, context.query.get("job") ?? ""),
    body: jobs.length === 0 ? nobody(asked) : html`${sections(facts, context)}`,
  };
}

function notWatched(): Page {
  return {
    title: "Jobs",
    answer: html`No jobs are watched.`,
    body: emptyBox(
      "quiet",
      "Pass jobs to see generation",
      html`With <code>jobs: [trackJobs(…)]</code> this view tells a failed generation from a lost webhook.`,
    ),
  };
}

function nobody(asked: JobFacts["asked"]): Html {
  return asked === null
    ? emptyBox(
        "expected",
        "Not tracked",
        "The table of jobs has no such job: it was never tracked, or was purged.",
        linkButton("?view=jobs", "All jobs"),
      )
    : emptyBox("expected", "No jobs yet", "Jobs are shown from when they are tracked.");
}

function answer({ jobs, generations }: JobFacts): Html {
  if (jobs.length === 0) return html`No job has been tracked yet.`;
  return html`${generationSentence(generations)}${deliverySentence(jobs)}`;
}

function generationSentence(generations: JobFacts["generations"]): Html {
  const completed = total(generations, (generation) => generation.completed);
  const failed = total(generations, (generation) => generation.failed);
  const ended = number(completed + failed);
  const failing = generations.filter((generation) => generation.failing).map(({ provider }) => provider);
  if (failing.length > 0) {
    return html`<strong class="warn">Generation is failing at ${listed(failing)}</strong>: ${number(failed)} of ${ended} jobs of the last hour failed.`;
  }
  if (completed + failed === 0) return html`No job has ended in the last hour.`;
  return failed === 0
    ? html`Generation is fine: all ${counted(completed, "job")} that ended in the last hour completed.`
    : html`${number(completed)} of ${ended} jobs of the last hour completed, ${number(failed)} failed at the sender.`;
}

function deliverySentence(jobs: readonly KnownJob[]): Html {
  const of = (kind: JobFinding) => jobs.filter(({ finding }) => finding === kind).length;
  const here = of("failing-here");
  const lost = of("unpersisted");
  const checked = of("by-check");
  const parts = [
    here > 0 &&
      html`<strong class="fail">${counted(here, "webhook")} ${verb(here, "fails", "fail")} here</strong>`,
    lost > 0 && html`<strong class="warn">${counted(lost, "job")} ended without being persisted</strong>`,
    checked > 0 &&
      `${counted(checked, "job")} ended without a webhook and ${verb(checked, "was", "were")} delivered by a check`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? nothing : html` ${joined(parts, "; ")}.`;
}

const sentences: Readonly<Record<JobFinding, string>> = {
  "failing-here": "Its webhook came, and fails in your handler.",
  unpersisted: "It ended at the sender, and its end has not been persisted: a lost webhook.",
  "by-check": "It ended without a webhook; a check delivered it.",
  overdue: "It has not ended, and cannot be checked.",
  running: "It has not ended yet.",
  "failed-at-sender":
    "It ended at the sender without a result, and that was persisted: nothing to mend here.",
  delivered: "It completed, and that was persisted.",
};

function oneAnswer(asked: KnownJob | null, id: string): Html {
  return asked === null
    ? html`No job <code>${visible(id, 60)}</code> is tracked.`
    : html`${sentences[asked.finding]}`;
}

const groups: readonly (readonly [string, string, readonly JobFinding[]])[] = [
  [
    "Need attention",
    "their end has not been persisted, or they cannot be checked",
    ["failing-here", "unpersisted", "overdue"],
  ],
  [
    "Ended without a webhook",
    "a check delivered them: a delivery problem, not a generation one",
    ["by-check"],
  ],
  ["Under way", "queued or processing at the sender", ["running"]],
  ["Failed at the sender", "nothing to mend here: that they ended was persisted", ["failed-at-sender"]],
  ["Delivered", "completed and persisted", ["delivered"]],
];

function sections({ jobs }: JobFacts, context: ViewContext): readonly Html[] {
  return groups.flatMap(([title, what, findings]) => {
    const own = jobs.filter(({ finding }) => findings.includes(finding));
    if (own.length === 0) return [];
    return [section({ id: findings[0] ?? "", title, beside: what, look: "" }, jobTable(own, title, context))];
  });
}
