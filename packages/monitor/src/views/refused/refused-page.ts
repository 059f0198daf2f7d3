import { statusOf } from "@latchhook/core";
import { hourMs, minuteMs, series, startOfMinute, sum } from "../../data/counters.ts";
import { type SecretUse, type SenderHealth, verifiedIn } from "../../data/sender-health.ts";
import { sourceName } from "../../data/sources.ts";
import { countColumns, ticks } from "../../page/charts.ts";
import { status } from "../../page/glyphs.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { emptyBox } from "../../page/pieces.ts";
import { clock, clockText } from "../../page/times.ts";
import { visible } from "../../page/visible.ts";
import { counted, exactly, listed, number, ordinal } from "../../page/words.ts";
import type { Refusals, RefusedFacts } from "../refused.ts";
import type { Page, ViewContext } from "../view.ts";
import { verdictOf } from "./verdict.ts";

export function refusedPage(facts: RefusedFacts, { now }: ViewContext): Page {
  const { hour, day, senders } = facts;
  return {
    title: "Refused",
    answer: answer(facts),
    more: html`Refusals are counted per minute and reason; nothing else of these requests is kept.`,
    body: html`${
      hour.length === 0
        ? emptyBox("ok", "No request was refused in the last hour", verifiedWords(senders))
        : html`<section aria-labelledby="reasons"><div class="head row"><h2 id="reasons">By reason</h2><span class="small soft">requests per minute, last hour</span></div>${hour.map((refusals) => reasonBox(refusals, now))}</section>`
    }${day.length === 0 ? nothing : earlier(day, now)}${secretsSection(senders, now)}`,
  };
}

function answer({ hour, day }: RefusedFacts): Html {
  const total = hour.reduce((all, { count }) => all + count, 0);
  if (total === 0) {
    const before = day.reduce((all, { count }) => all + count, 0);
    return before === 0
      ? html`<span class="ok">No request was refused</span> in the last 24 hours.`
      : html`<span class="ok">No request was refused</span> in the last hour; ${number(before)} in the 23 hours before.`;
  }
  const verdicts = hour.map((refusals) => ({ ...refusals, verdict: verdictOf(refusals) }));
  const start = html`${counted(total, "request")} ${total === 1 ? "was" : "were"} refused in the last hour.`;
  const locked = verdicts.filter(({ verdict }) => verdict.kind === "locked-out");
  if (locked.length > 0) {
    const names = listed([...new Set(locked.map(sourceName))]);
    return html`${start} <strong class="fail">Nothing of ${names} verifies</strong>: is the secret right?`;
  }
  const forged = verdicts.filter(({ verdict }) => verdict.kind === "forged");
  const count = forged.reduce((all, one) => all + one.count, 0);
  if (count === 0) return html`${start} The reasons and their likely causes are below.`;
  const names = listed([...new Set(forged.map(sourceName))]);
  return html`${start} <strong>${count === total ? (total === 1 ? "It looks" : "They look") : `${number(count)} look`} forged</strong>: genuine webhooks of ${names} verified in the same minutes.`;
}

function verifiedWords(senders: readonly SenderHealth[]): string {
  const verified = senders.reduce((all, { hourCounts }) => all + sum(verifiedIn(hourCounts)), 0);
  return verified === 0 ? "None came." : `${counted(verified, "request")} verified.`;
}

function reasonBox(refusals: Refusals, now: number): Html {
  const { provider, scope, outcome, reason, count, counts, firstAt, lastAt } = refusals;
  const { mark, word, why } = verdictOf(refusals);
  const columns = series(counts, { now, columns: 60, stepMs: minuteMs }).map(({ refused }) => refused);
  const from = startOfMinute(now) - hourMs + minuteMs;
  const when =
    firstAt === lastAt ? clock(firstAt, now) : html`${clock(firstAt, now)} to ${clock(lastAt, now)}`;
  return html`<article class="box group"><div><div class="row">${status(mark, word)}<span class="soft">${provider}${scope === "" ? nothing : `, scope ${visible(scope)}`}, answered ${statusOf(outcome)}</span></div>
<h3><code>${visible(reason)}</code></h3><p class="hint">${why}</p></div>
<div><p><b>${number(count)}</b> <span class="soft small">${when}</span></p><figure>${countColumns(columns, {
    kind: "refused",
    label: `${reason} per minute of the last hour: ${count}`,
  })}${ticks(clockText(from, now), clockText(now, now))}</figure></div></article>`;
}

function earlier(day: readonly Refusals[], now: number): Html {
  return html`<section aria-labelledby="earlier"><div class="head row"><h2 id="earlier">Earlier in 24 hours</h2></div>
<div class="box scroll" role="region" aria-label="Earlier refusals" tabindex="0"><table class="rows" role="table"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Reason</th><th role="columnheader" scope="col">Sender</th><th role="columnheader" scope="col" class="number">Count</th><th role="columnheader" scope="col">When</th><th role="columnheader" scope="col">Likely cause</th></tr></thead><tbody role="rowgroup">${day.map(
    (refusals) =>
      html`<tr role="row"><th role="rowheader" scope="row"><code>${visible(refusals.reason)}</code></th><td role="cell">${sourceName(refusals)}</td><td role="cell" class="number">${number(refusals.count)}</td><td role="cell" class="nowrap">${clock(refusals.firstAt, now)}${refusals.firstAt === refusals.lastAt ? nothing : html` to ${clock(refusals.lastAt, now)}`}</td><td role="cell" class="whole soft">${verdictOf(refusals).why}</td></tr>`,
  )}</tbody></table></div></section>`;
}

/** Which secrets match: during a rotation it says when the old one can go. */
function secretsSection(senders: readonly SenderHealth[], now: number): Html {
  const rotating = senders.filter(({ secrets }) => secrets.length > 1 || (secrets[0]?.index ?? 0) > 0);
  if (rotating.length === 0) return nothing;
  return html`<section aria-labelledby="secrets"><div class="head row"><h2 id="secrets">Secrets in use</h2><span class="small soft">which of the configured secrets matched, 24 hours</span></div>${rotating.map(
    (sender) => rotationBox(sender, now),
  )}</section>`;
}

function rotationBox({ source, secrets, dayCounts }: SenderHealth, now: number): Html {
  const [latest, ...others] = secrets;
  if (latest === undefined) return nothing;
  const horizonMs = source.description?.policy.retryHorizonMs ?? 0;
  const still = others.filter(({ lastAt }) => lastAt >= latest.lastAt);
  const title =
    still.length > 0
      ? "Several match in the same minutes"
      : `The ${ordinal(latest.index)} since ${clockText(latest.firstAt, now)}`;
  return html`<article class="box group"><div><div class="row">${status("warn", others.length === 0 ? "Not the first secret" : "Rotation under way")}<span class="soft">${sourceName(source)}</span></div>
<h3>${title}</h3><p class="hint">${others.map((use) => rotationHint(use, still.includes(use), horizonMs, now))}${
    others.length === 0
      ? `Only the ${ordinal(latest.index)} of the configured secrets matched in 24 hours.`
      : nothing
  }</p></div>
<div>${[...secrets].sort((one, other) => one.index - other.index).map((use) => secretChart(use, dayCounts, now))}</div></article>`;
}

function rotationHint({ index, lastAt }: SecretUse, matches: boolean, horizonMs: number, now: number): Html {
  if (matches) return html`The ${ordinal(index)} still matches: keep it. `;
  return html`The ${ordinal(index)} has not matched since ${clock(lastAt, now)}. What was signed with it can come again for ${exactly(horizonMs)}: remove it after ${clock(lastAt + horizonMs, now)} UTC. `;
}

function secretChart({ index, count }: SecretUse, counts: SenderHealth["dayCounts"], now: number): Html {
  const own = counts.filter(({ secretIndex }) => secretIndex === index);
  const columns = series(own, { now, columns: 48, stepMs: 1_800_000 }).map(
    ({ accepted, repeated, failed }) => accepted + repeated + failed,
  );
  return html`<figure>${countColumns(columns, {
    kind: "accepted",
    height: 20,
    label: `Requests that the ${ordinal(index)} secret verified, per half hour of 24 hours: ${count}`,
  })}${ticks(ordinal(index), `${number(count)} in 24 h`)}</figure>`;
}
