import { hourMs, minuteMs, type Share, series, startOfMinute } from "../../data/counters.ts";
import type { SenderHealth } from "../../data/sender-health.ts";
import { sourceName } from "../../data/sources.ts";
import { requestColumns } from "../../page/charts.ts";
import { status } from "../../page/glyphs.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { query } from "../../page/pieces.ts";
import { ago } from "../../page/times.ts";
import { counted, countOf, exactly, number, ordinal, percent } from "../../page/words.ts";

/** One sender a card: is it well, since when, with which secret. */
export function senderCard(sender: SenderHealth, now: number): Html {
  const { source } = sender;
  const columns = series(sender.hourCounts, { now, columns: 60, stepMs: minuteMs });
  return html`<article class="box card"><header><h3>${source.provider}${source.scope === "" ? nothing : html` <span class="chip">scope ${source.scope}</span>`}</h3>${cardStatus(sender, now)}</header>
${source.inbox === undefined ? html`<p class="soft small">No inbox: set <code>inbox</code> to see what becomes of its deliveries.</p>` : cardFigures(sender)}
${source.inbox === undefined ? nothing : requestColumns(columns, { above: 30, below: 14, label: cardLabel(sender, now) })}
${source.inbox === undefined ? nothing : cardFacts(sender, now)}</article>`;
}

function cardStatus(sender: SenderHealth, now: number): Html {
  const { signature, handler, failing, dead, lastRequestAt } = sender;
  if (sender.source.inbox === undefined) return status("quiet", "Not kept");
  if (signature === "refusing") return status("fail", "Not verifying");
  if (failing > 0) return status("fail", handler.state === "failing" ? "Failing here" : "Recovering");
  if (dead > 0) return status("dead", `${countOf(dead)} dead`);
  if (lastRequestAt === null) return status("expected", "Nothing in 24 h");
  return lastRequestAt < startOfMinute(now) - hourMs ? status("quiet", "Quiet") : status("ok", "Fine");
}

function cardFigures({ hour, day }: SenderHealth): Html {
  const shown = ({ succeeded, total }: Share) => percent(succeeded, total);
  return html`<dl class="big"><div><dt>Success, 1 h</dt><dd><b>${shown(hour)}</b> <span class="soft small">of ${number(hour.total)}</span></dd></div>
<div><dt>24 h</dt><dd>${shown(day)} <span class="soft small">of ${number(day.total)}</span></dd></div></dl>`;
}

function cardLabel({ source, hourCounts }: SenderHealth, now: number): string {
  const columns = series(hourCounts, { now, columns: 1, stepMs: hourMs })[0];
  const { accepted = 0, repeated = 0, failed = 0, refused = 0 } = columns ?? {};
  return `${sourceName(source)}, requests per minute of the last hour: accepted ${accepted}, repeated ${repeated}, failed ${failed}, refused ${refused}`;
}

function cardFacts(sender: SenderHealth, now: number): Html {
  const { source, failing, dead, refused, lastSuccessAt, p95Ms, handler } = sender;
  const { provider, scope } = source;
  const link = (count: number, state: string, tone: string) =>
    count === 0
      ? html`<span class="soft">0</span>`
      : html`<a class="${tone}" href="${query("deliveries", { provider, scope, state })}"><b>${countOf(count)}</b></a>`;
  const success =
    lastSuccessAt === null
      ? html`<span class="soft">none kept</span>`
      : html`<b${handler.state === "failing" ? html` class="fail"` : nothing}>${ago(lastSuccessAt, now)}</b>`;
  return html`<dl class="nums"><div><dt>Last success</dt><dd>${success}</dd></div>
<div><dt>p95</dt><dd>${p95Ms === null ? html`<span class="soft">–</span>` : html`<b>≤ ${p95Ms > 30_000 ? "over 30 s" : exactly(p95Ms)}</b>`}</dd></div>
<div><dt>Secret in use</dt><dd>${secretInUse(sender)}</dd></div>
<div><dt>Failing</dt><dd>${link(failing, "failed", "fail")}</dd></div>
<div><dt>Dead</dt><dd>${link(dead, "dead", "dead")}</dd></div>
<div><dt>Refused, 1 h</dt><dd>${refused === 0 ? html`<span class="soft">0</span>` : html`<a href="${query("refused")}" aria-label="${counted(refused, "request")} refused in 1 h"><b>${number(refused)}</b></a>`}</dd></div></dl>`;
}

/** The one that matched last; another than the first means that secrets are being rotated. */
function secretInUse({ secrets }: SenderHealth): Html {
  const [latest] = secrets;
  if (latest === undefined) return html`<span class="soft">–</span>`;
  return html`<b${latest.index > 0 ? html` class="warn"` : nothing}>${ordinal(latest.index)}</b>`;
}
