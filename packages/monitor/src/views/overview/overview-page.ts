import { durationBuckets, type OutcomeCount } from "@latchhook/core";
import { durations, hourMs, minuteMs, quantileMs, series, startOfMinute, sum } from "../../data/counters.ts";
import type { Source } from "../../data/sources.ts";
import { durationColumns, requestColumns, swatch, ticks } from "../../page/charts.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { emptyBox } from "../../page/pieces.ts";
import { clockText } from "../../page/times.ts";
import { exactly, number } from "../../page/words.ts";
import type { Overview } from "../overview.ts";
import type { Page } from "../view.ts";
import { alsoTrue, overviewAnswer } from "./answer.ts";
import { pathBox } from "./path.ts";
import { senderCard } from "./sender-cards.ts";
import { situationOf } from "./situation.ts";

export function overviewPage(facts: Overview, sources: readonly Source[]): Page {
  const situation = situationOf(facts);
  const waiting = sources.length - facts.senders.length;
  return {
    title: "Overview",
    answer:
      facts.senders.length === 0 ? html`No endpoint has been made yet.` : overviewAnswer(facts, situation),
    more: facts.senders.length === 0 ? undefined : alsoTrue(facts, situation),
    body: html`${facts.senders.length === 0 ? notMade() : overviewBody(facts, pathBox(facts, situation))}
${waiting > 0 && facts.senders.length > 0 ? html`<p class="soft small after">${waiting} more ${waiting === 1 ? "endpoint is" : "endpoints are"} made at the first request of this process.</p>` : nothing}`,
  };
}

function notMade(): Html {
  return emptyBox(
    "expected",
    "Waiting for the first request",
    "The options of these webhooks come from a function, which runs at the first request of this process. Until then nothing is known of them.",
  );
}

function overviewBody({ senders, now }: Overview, path: Html): Html {
  const counts = senders.flatMap(({ hourCounts }) => hourCounts);
  return html`${path}
<section aria-labelledby="senders"><div class="head row"><h2 id="senders">Senders</h2><span class="small soft">success is the share of requests, without those that were refused, that were answered 2xx</span></div>
<div class="cards">${senders.map((sender) => senderCard(sender, now))}</div></section>
<div class="columns">${minutes(counts, now)}${latency(counts)}</div>`;
}

function minutes(counts: readonly OutcomeCount[], now: number): Html {
  const columns = series(counts, { now, columns: 60, stepMs: minuteMs });
  const from = startOfMinute(now) - hourMs + minuteMs;
  const label = `All senders, requests per minute from ${clockText(from, now)} to ${clockText(now, now)} UTC: accepted ${sum(counts, "accepted")}, repeated ${sum(counts, "repeated")}, failed ${sum(counts, "failed")}, refused ${sum(counts, "refused")}`;
  const quarters = [0, 15, 30, 45, 59].map((minute) => clockText(from + minute * minuteMs, now));
  return html`<section aria-labelledby="minutes"><div class="head row"><h2 id="minutes">Requests per minute</h2><p class="key row">${swatch("accepted", "accepted")}${swatch("repeated", "repeated")}${swatch("failed", "failed")}${swatch("refused", "refused, cut off")}</p></div>
<figure class="box pad">${requestColumns(columns, { above: 78, below: 30, label })}${ticks(...quarters)}</figure></section>`;
}

function latency(counts: readonly OutcomeCount[]): Html {
  const timed = new Map(durations(counts));
  const used = durationBuckets.filter((bucketMs) => timed.has(bucketMs));
  const first = durationBuckets.indexOf(used[0] ?? 0);
  const last = durationBuckets.indexOf(used.at(-1) ?? 0);
  const shown =
    used.length === 0 ? [] : durationBuckets.slice(Math.max(0, first - 1), Math.max(last + 2, first + 5));
  const total = [...timed.values()].reduce((all, count) => all + count, 0);
  const p50 = quantileMs(counts, 0.5);
  const p95 = quantileMs(counts, 0.95);
  const summary =
    p50 === null || p95 === null ? "" : `half within ${exactly(p50)}, 95 % within ${exactly(p95)}`;
  return html`<section aria-labelledby="latency"><div class="head row"><h2 id="latency">Time to answer</h2><span class="small soft">${total === 0 ? "no request in 1 h" : `${number(total)} requests of 1 h`}</span></div>
<figure class="box pad">${total === 0 ? html`<p class="soft">Nothing to show.</p>` : html`${durationColumns(shown, timed, `Time to answer, last hour: ${summary}`)}<figcaption class="small soft">in ms, at most; ${summary}</figcaption>`}</figure></section>`;
}
