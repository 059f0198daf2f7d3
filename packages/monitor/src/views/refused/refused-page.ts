import { statusOf } from "@latchhook/core";
import { hourStart, minuteMs, series, sum } from "../../data/counters.ts";
import { type SecretUse, type SenderHealth, verifiedIn } from "../../data/sender-health.ts";
import { sourceName } from "../../data/sources.ts";
import { total } from "../../data/total.ts";
import { countColumns, ticks } from "../../page/charts.ts";
import { status } from "../../page/glyphs.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { emptyBox, soft } from "../../page/pieces.ts";
import { section } from "../../page/section.ts";
import { type Column, table } from "../../page/table.ts";
import { clock, clockText } from "../../page/times.ts";
import { visible } from "../../page/visible.ts";
import { counted, exactly, listed, number, ordinal, verb } from "../../page/words.ts";
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
        : section(
            { id: "reasons", title: "By reason", beside: "requests per minute, last hour", look: "" },
            html`${hour.map((refusals) => reasonBox(refusals, now))}`,
          )
    }${day.length > 0 && earlier(day, now)}${secretsSection(senders, now)}`,
  };
}

function answer({ hour, day }: RefusedFacts): Html {
  const refused = countAll(hour);
  if (refused === 0) {
    const before = countAll(day);
    return html`<span class="ok">No request was refused</span> in the last ${before === 0 ? "24 hours" : `hour; ${number(before)} in the 23 hours before`}.`;
  }
  const start = `${counted(refused, "request")} ${verb(refused, "was", "were")} refused in the last hour.`;
  const locked = hour.filter((refusals) => verdictOf(refusals).kind === "locked-out");
  if (locked.length > 0) {
    return html`${start} <strong class="fail">Nothing of ${namesOf(locked)} verifies</strong>: is the secret right?`;
  }
  const forged = hour.filter((refusals) => verdictOf(refusals).kind === "forged");
  const count = countAll(forged);
  if (count === 0) return html`${start} The reasons and their likely causes are below.`;
  const look = count === refused ? verb(refused, "It looks", "They look") : `${number(count)} look`;
  return html`${start} <strong>${look} forged</strong>: genuine webhooks of ${namesOf(forged)} verified in the same minutes.`;
}

function countAll(refusals: readonly Refusals[]): number {
  return total(refusals, ({ count }) => count);
}

function namesOf(refusals: readonly Refusals[]): string {
  return listed([...new Set(refusals.map(sourceName))]);
}

function verifiedWords(senders: readonly SenderHealth[]): string {
  const verified = total(senders, ({ hourCounts }) => sum(verifiedIn(hourCounts)));
  return verified === 0 ? "None came." : `${counted(verified, "request")} verified.`;
}

/** A box with what is known at its left, and charts of it at its right. */
function group(
  known: {
    readonly label: Html;
    readonly whose: Html | string;
    readonly title: Html;
    readonly hint: Html | string;
  },
  charts: Html,
): Html {
  const { label, whose, title, hint } = known;
  return html`<article class="box group"><div><div class="row">${label}${soft(whose)}</div>
<h3>${title}</h3><p class="hint">${hint}</p></div><div>${charts}</div></article>`;
}

function reasonBox(refusals: Refusals, now: number): Html {
  const { provider, scope, outcome, reason, count, counts } = refusals;
  const { mark, word, why } = verdictOf(refusals);
  const columns = series(counts, { now, columns: 60, stepMs: minuteMs }).map(({ refused }) => refused);
  const label = `${reason} per minute of the last hour: ${count}`;
  return group(
    {
      label: status(mark, word),
      whose: html`${provider}${scope !== "" && `, scope ${visible(scope)}`}, answered ${statusOf(outcome)}`,
      title: html`<code>${visible(reason)}</code>`,
      hint: why,
    },
    html`<p><b>${number(count)}</b> <span class="soft small">${when(refusals, now)}</span></p><figure>${countColumns(columns, { kind: "refused", label })}${ticks(clockText(hourStart(now), now), clockText(now, now))}</figure>`,
  );
}

function when({ firstAt, lastAt }: Refusals, now: number): Html {
  return html`${clock(firstAt, now)}${firstAt !== lastAt && html` to ${clock(lastAt, now)}`}`;
}

function earlier(day: readonly Refusals[], now: number): Html {
  const columns: readonly Column<Refusals>[] = [
    { heading: "Reason", namesRow: true, cell: ({ reason }) => html`<code>${visible(reason)}</code>` },
    { heading: "Sender", cell: sourceName },
    { heading: "Count", look: "number", cell: ({ count }) => number(count) },
    { heading: "When", look: "nowrap", cell: (refusals) => when(refusals, now) },
    { heading: "Likely cause", look: "whole soft", cell: (refusals) => verdictOf(refusals).why },
  ];
  return section(
    { id: "earlier", title: "Earlier in 24 hours", look: "" },
    html`<div class="box scroll" role="region" aria-label="Earlier refusals" tabindex="0">${table(day, columns, { caption: null })}</div>`,
  );
}

/** Which secrets match: during a rotation it says when the old one can go. */
function secretsSection(senders: readonly SenderHealth[], now: number): Html {
  const rotating = senders.filter(({ secrets }) => secrets.length > 1 || (secrets[0]?.index ?? 0) > 0);
  if (rotating.length === 0) return nothing;
  const beside = "which of the configured secrets matched, 24 hours";
  return section(
    { id: "secrets", title: "Secrets in use", beside, look: "" },
    html`${rotating.map((sender) => rotationBox(sender, now))}`,
  );
}

function rotationBox({ source, secrets, dayCounts }: SenderHealth, now: number): Html {
  const [latest, ...others] = secrets;
  if (latest === undefined) return nothing;
  const horizonMs = source.description?.policy.retryHorizonMs ?? 0;
  const still = others.filter(({ lastAt }) => lastAt >= latest.lastAt);
  const name = ordinal(latest.index);
  const ordered = [...secrets].sort((one, other) => one.index - other.index);
  return group(
    {
      label: status("warn", others.length === 0 ? "Not the first secret" : "Rotation under way"),
      whose: sourceName(source),
      title: html`${still.length > 0 ? "Several match in the same minutes" : `The ${name} since ${clockText(latest.firstAt, now)}`}`,
      hint:
        others.length === 0
          ? `Only the ${name} of the configured secrets matched in 24 hours.`
          : html`${others.map((use) => rotationHint(use, still.includes(use), horizonMs, now))}`,
    },
    html`${ordered.map((use) => secretChart(use, dayCounts, now))}`,
  );
}

function rotationHint({ index, lastAt }: SecretUse, matches: boolean, horizonMs: number, now: number): Html {
  if (matches) return html`The ${ordinal(index)} still matches: keep it. `;
  return html`The ${ordinal(index)} has not matched since ${clock(lastAt, now)}. What was signed with it can come again for ${exactly(horizonMs)}: remove it after ${clock(lastAt + horizonMs, now)} UTC. `;
}

function secretChart({ index, count }: SecretUse, counts: SenderHealth["dayCounts"], now: number): Html {
  const own = counts.filter(({ secretIndex }) => secretIndex === index);
  const columns = series(own, { now, columns: 48, stepMs: 30 * minuteMs }).map(
    ({ accepted, repeated, failed }) => accepted + repeated + failed,
  );
  const name = ordinal(index);
  const label = `Requests that the ${name} secret verified, per half hour of 24 hours: ${count}`;
  return html`<figure>${countColumns(columns, { kind: "accepted", height: 20, label })}${ticks(name, `${number(count)} in 24 h`)}</figure>`;
}
