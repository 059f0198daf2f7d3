import { statusOfJob } from "../../data/job-health.ts";
import { readSenderView } from "../../data/sender-view.ts";
import { status } from "../../page/glyphs.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { facts, identifier, query as link } from "../../page/pieces.ts";
import { section } from "../../page/section.ts";
import { ago, exactClock } from "../../page/times.ts";
import { shownError, visible, withoutSignedUrls } from "../../page/visible.ts";
import { exactly } from "../../page/words.ts";
import type { KnownDelivery } from "../delivery.ts";
import { jobSteps, statusMark } from "../jobs/job-steps.ts";

/** The job that the delivery is about, as the table of jobs knows it. */
export function jobBox({ job, delivery }: KnownDelivery, now: number): Html {
  if (job === undefined) return nothing;
  const { createdAt, updatedAt, checkedAt, problem, settled, id } = job.job;
  const known = statusOfJob(job, [delivery]);
  const { status: word, terminal } = known;
  const ended = job.job.terminal;
  const address = link("jobs", { job: id, provider: delivery.provider });
  return section(
    { id: "job", title: "Job", beside: html`<a class="end small" href="${address}">Open</a>` },
    html`<p>${jobSteps(known)}</p>${facts(
      [
        ["Id", identifier(id, "job id", { short: true })],
        ["Status", status(statusMark(word), word)],
        [ended ? "Ended" : "Last news", ago(updatedAt.getTime(), now)],
        ["Took", ended ? exactly(updatedAt.getTime() - createdAt.getTime()) : null],
        ["Persisted", terminal ? (settled ? "yes" : "not yet") : null],
        ["Checked", checkedAt === null ? "never" : ago(checkedAt.getTime(), now)],
        ["Problem", problem === null ? null : html`<code class="warn">${visible(problem)}</code>`],
      ],
      "after",
    )}`,
  );
}

/** The sender's own account of this delivery beside ours. */
export function senderBox({ redacted, delivery, attempts }: KnownDelivery, now: number): Html {
  const theirs = readSenderView(redacted);
  if (theirs === null) return nothing;
  const last = attempts.findLast(({ source }) => source === "http");
  const rows: readonly (readonly [string, Html | string | number | null, Html | string | number | null])[] = [
    ["Requests", theirs.attempts, delivery.requests],
    ["Last status", theirs.lastStatus, last?.status ?? null],
    [
      "Last error",
      theirs.lastError === null ? null : visible(withoutSignedUrls(theirs.lastError), 120),
      last?.error == null ? null : visible(shownError(last.error) ?? "", 120),
    ],
    [
      "Next retry",
      theirs.nextRetryAt === null ? null : exactClock(theirs.nextRetryAt, now),
      delivery.state === "failed" ? "expected" : null,
    ],
  ];
  return html`<section class="box" aria-labelledby="theirs"><table><caption id="theirs">Sender’s view beside ours</caption>
<thead><tr><td></td><th scope="col">Sender</th><th scope="col">Here</th></tr></thead>
<tbody>${rows.map(([name, sender, here]) => html`<tr><th scope="row">${name}</th><td>${sender ?? "–"}</td><td>${here ?? "–"}</td></tr>`)}</tbody></table>
<p class="foot">The sender wrote its side before it sent the body that is kept: this attempt is not in it.</p></section>`;
}
