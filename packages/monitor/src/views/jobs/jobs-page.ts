import type { JobFinding } from "../../data/job-health.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { emptyBox } from "../../page/pieces.ts";
import { visible } from "../../page/visible.ts";
import { counted, listed, number } from "../../page/words.ts";
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
        html`<p class="row"><a class="button" href="?view=jobs">All jobs</a></p>`,
      )
    : emptyBox("expected", "No jobs yet", "Jobs are shown from when they are tracked.");
}

function answer({ jobs, generations }: JobFacts): Html {
  if (jobs.length === 0) return html`No job has been tracked yet.`;
  const completed = generations.reduce((sum, generation) => sum + generation.completed, 0);
  const failed = generations.reduce((sum, generation) => sum + generation.failed, 0);
  const failing = generations.filter((generation) => generation.failing).map(({ provider }) => provider);
  const generation =
    failing.length > 0
      ? html`<strong class="warn">Generation is failing at ${listed(failing)}</strong>: ${number(failed)} of ${number(completed + failed)} jobs of the last hour failed.`
      : completed + failed === 0
        ? html`No job has ended in the last hour.`
        : failed === 0
          ? html`Generation is fine: all ${counted(completed, "job")} that ended in the last hour completed.`
          : html`${number(completed)} of ${number(completed + failed)} jobs of the last hour completed, ${number(failed)} failed at the sender.`;
  return html`${generation}${deliverySentence(jobs)}`;
}

function deliverySentence(jobs: readonly KnownJob[]): Html {
  const of = (...findings: readonly JobFinding[]) =>
    jobs.filter(({ finding }) => findings.includes(finding)).length;
  const here = of("failing-here");
  const lost = of("unpersisted");
  const checked = of("by-check");
  const parts = [
    ...(here > 0
      ? [
          html`<strong class="fail">${counted(here, "webhook")} ${here === 1 ? "fails" : "fail"} here</strong>`,
        ]
      : []),
    ...(lost > 0
      ? [html`<strong class="warn">${counted(lost, "job")} ended without being persisted</strong>`]
      : []),
    ...(checked > 0
      ? [
          html`${counted(checked, "job")} ended without a webhook and ${checked === 1 ? "was" : "were"} delivered by a check`,
        ]
      : []),
  ];
  return parts.length === 0
    ? nothing
    : html` ${parts.map((part, index) => html`${index === 0 ? "" : "; "}${part}`)}.`;
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
    return [
      html`<section aria-label="${title}"><div class="head row"><h2>${title}</h2><span class="small soft">${what}</span></div>${jobTable(own, title, context)}</section>`,
    ];
  });
}
