import type { JobStatus } from "@latchhook/core";
import type { MonitoredJob } from "../../data/monitored-jobs.ts";
import { glyph, type Mark } from "../../page/glyphs.ts";
import { type Html, html } from "../../page/html.ts";

const marks: Readonly<Record<JobStatus, Mark>> = {
  queued: "run",
  processing: "run",
  completed: "ok",
  failed: "fail",
  cancelled: "dismissed",
  expired: "dead",
};

export function statusMark(status: JobStatus): Mark {
  return marks[status];
}

/** Where a job is on its way from queued to its end. Of an ended one it is not known whether it was ever processing. */
export function jobSteps({
  status,
  terminal,
  progress,
}: Pick<MonitoredJob, "status" | "terminal" | "progress">): Html {
  const steps: readonly (readonly [Mark, string, boolean])[] = terminal
    ? [
        ["ok", "queued", false],
        [marks[status], status, true],
      ]
    : [
        [status === "queued" ? "run" : "ok", "queued", status === "queued"],
        [
          status === "processing" ? "run" : "expected",
          progressWord(status, progress),
          status === "processing",
        ],
        ["expected", "completed", false],
      ];
  return html`<ol class="steps">${steps.map(
    ([mark, word, now]) =>
      html`<li${now && html` class="now" aria-current="step"`}>${glyph(mark)}${word}</li>`,
  )}</ol>`;
}

function progressWord(status: JobStatus, progress: number | null): string {
  return status === "processing" && progress !== null ? `processing ${Math.round(progress)} %` : "processing";
}
