import { durationBuckets, type OutcomeCount } from "@latchhook/core";
import { classTotals, durations, hourStart, minuteMs, quantileMs, series } from "../../data/counters.ts";
import type { Source } from "../../data/sources.ts";
import { total } from "../../data/total.ts";
import { durationColumns, requestColumns, swatch, ticks } from "../../page/charts.ts";
import { type Html, html } from "../../page/html.ts";
import { emptyBox } from "../../page/pieces.ts";
import { section } from "../../page/section.ts";
import { clockText } from "../../page/times.ts";
import { exactly, number, verb } from "../../page/words.ts";
import type { Overview } from "../overview.ts";
import type { Page } from "../view.ts";
import { alsoTrue, overviewAnswer } from "./answer.ts";
import { pathBox } from "./path.ts";
import { senderCard } from "./sender-cards.ts";
import { situationOf } from "./situation.ts";

export function overviewPage(facts: Overview, sources: readonly Source[]): Page {
  const made = facts.senders.length;
  const waiting = sources.length - made;
  if (made === 0) {
    return {
      title: "Overview",
      answer: html`No endpoint has been made yet.`,
      body: emptyBox(
        "expected",
        "Waiting for the first request",
        "The options of these webhooks come from a function, which runs at the first request of this process. Until then nothing is known of them.",
      ),
    };
  }
  const situation = situationOf(facts);
  return {
    title: "Overview",
    answer: overviewAnswer(facts, situation),
    more: alsoTrue(facts, situation),
    body: html`${overviewBody(facts, pathBox(facts, situation))}${
      waiting > 0 &&
      html`<p class="soft small after">${waiting} more ${verb(waiting, "endpoint is", "endpoints are")} made at the first request of this process.</p>`
    }`,
  };
}

function overviewBody({ senders, now }: Overview, path: Html): Html {
  const counts = senders.flatMap(({ hourCounts }) => hourCounts);
  const cards = html`<div class="cards">${senders.map((sender) => senderCard(sender, now))}</div>`;
  const beside = "success is the share of requests, without those that were refused, that were answered 2xx";
  return html`${path}${section({ id: "senders", title: "Senders", beside, look: "" }, cards)}
<div class="columns">${minutes(counts, now)}${latency(counts)}</div>`;
}

function minutes(counts: readonly OutcomeCount[], now: number): Html {
  const columns = series(counts, { now, columns: 60, stepMs: minuteMs });
  const from = hourStart(now);
  const label = `All senders, requests per minute from ${clockText(from, now)} to ${clockText(now, now)} UTC: ${classTotals(counts)}`;
  const quarters = [0, 15, 30, 45, 59].map((minute) => clockText(from + minute * minuteMs, now));
  const key = (["accepted", "repeated", "failed"] as const).map((name) => swatch(name, name));
  return section(
    {
      id: "minutes",
      title: "Requests per minute",
      beside: html`<p class="key row">${key}${swatch("refused", "refused, cut off")}</p>`,
      look: "",
    },
    html`<figure class="box pad">${requestColumns(columns, { above: 78, below: 30, label })}${ticks(...quarters)}</figure>`,
  );
}

function latency(counts: readonly OutcomeCount[]): Html {
  const timed = new Map(durations(counts));
  const used = durationBuckets.filter((bucketMs) => timed.has(bucketMs));
  const first = durationBuckets.indexOf(used[0] ?? 0);
  const last = durationBuckets.indexOf(used.at(-1) ?? 0);
  const shown =
    used.length === 0 ? [] : durationBuckets.slice(Math.max(0, first - 1), Math.max(last + 2, first + 5));
  const requests = total([...timed.values()], (count) => count);
  const p50 = quantileMs(counts, 0.5);
  const p95 = quantileMs(counts, 0.95);
  const summary =
    p50 === null || p95 === null ? "" : `half within ${exactly(p50)}, 95 % within ${exactly(p95)}`;
  const chart =
    requests === 0
      ? html`<p class="soft">Nothing to show.</p>`
      : html`${durationColumns(shown, timed, `Time to answer, last hour: ${summary}`)}<figcaption class="small soft">in ms, at most; ${summary}</figcaption>`;
  const beside = requests === 0 ? "no request in 1 h" : `${number(requests)} requests of 1 h`;
  return section(
    { id: "latency", title: "Time to answer", beside, look: "" },
    html`<figure class="box pad">${chart}</figure>`,
  );
}
