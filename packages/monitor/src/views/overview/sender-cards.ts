import { classTotals, minuteMs, type Share, series } from "../../data/counters.ts";
import type { SenderHealth } from "../../data/sender-health.ts";
import { sourceName } from "../../data/sources.ts";
import { requestColumns } from "../../page/charts.ts";
import { type Html, html } from "../../page/html.ts";
import { figures, query, soft } from "../../page/pieces.ts";
import { ago } from "../../page/times.ts";
import { counted, countOf, exactly, number, ordinal, percent } from "../../page/words.ts";
import { senderStatus } from "../sender-status.ts";

/** One sender a card: is it well, since when, with which secret. */
export function senderCard(sender: SenderHealth, now: number): Html {
  const { provider, scope, inbox } = sender.source;
  const content =
    inbox === undefined
      ? html`<p class="soft small">No inbox: set <code>inbox</code> to see what becomes of its deliveries.</p>`
      : html`${shares(sender)}${hourChart(sender, now)}${cardFacts(sender, now)}`;
  return html`<article class="box card"><header><h3>${provider}${scope !== "" && html` <span class="chip">scope ${scope}</span>`}</h3>${senderStatus(sender, now)}</header>${content}</article>`;
}

function shares({ hour, day }: SenderHealth): Html {
  const share = ({ succeeded, total }: Share) => percent(succeeded, total);
  const of = ({ total }: Share) => html` <span class="soft small">of ${number(total)}</span>`;
  return figures(
    [
      ["Success, 1 h", html`<b>${share(hour)}</b>${of(hour)}`],
      ["24 h", html`${share(day)}${of(day)}`],
    ],
    "big",
  );
}

function hourChart({ source, hourCounts }: SenderHealth, now: number): Html {
  const columns = series(hourCounts, { now, columns: 60, stepMs: minuteMs });
  const label = `${sourceName(source)}, requests per minute of the last hour: ${classTotals(hourCounts)}`;
  return requestColumns(columns, { above: 30, below: 14, label });
}

function cardFacts(sender: SenderHealth, now: number): Html {
  const { failing, dead, refused, lastSuccessAt, p95Ms, handler, secrets } = sender;
  const { provider, scope } = sender.source;
  const latest = secrets[0]?.index;
  const bold = (text: Html | string, look: string | false) => html`<b class="${look}">${text}</b>`;
  const link = (count: number, state: string, look: string) =>
    count === 0
      ? soft("0")
      : html`<a class="${look}" href="${query("deliveries", { provider, scope, state })}"><b>${countOf(count)}</b></a>`;
  return figures([
    [
      "Last success",
      lastSuccessAt === null
        ? soft("none kept")
        : bold(ago(lastSuccessAt, now), handler.state === "failing" && "fail"),
    ],
    ["p95", p95Ms === null ? soft("–") : html`<b>≤ ${p95Ms > 30_000 ? "over 30 s" : exactly(p95Ms)}</b>`],
    // Another than the first means that secrets are being rotated.
    ["Secret in use", latest === undefined ? soft("–") : bold(ordinal(latest), latest > 0 && "warn")],
    ["Failing", link(failing, "failed", "fail")],
    ["Dead", link(dead, "dead", "dead")],
    [
      "Refused, 1 h",
      refused === 0
        ? soft("0")
        : html`<a href="${query("refused")}" aria-label="${counted(refused, "request")} refused in 1 h"><b>${number(refused)}</b></a>`,
    ],
  ]);
}
