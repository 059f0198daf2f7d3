import type { AttemptRecord } from "@latchhook/core";
import { classOf } from "../../data/outcome-class.ts";
import { createdAtOf } from "../../data/sender-view.ts";
import { glyph, type Mark } from "../../page/glyphs.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { clock, exactClock } from "../../page/times.ts";
import { shownError, visible } from "../../page/visible.ts";
import { exactly, ordinal } from "../../page/words.ts";
import type { KnownDelivery } from "../delivery.ts";

/** What happened, up to now, and what is expected after it. */
export function timeline(known: KnownDelivery, now: number): Html {
  const { delivery, attempts } = known;
  const { requests, replays, runs } = delivery;
  const counts = [
    `${requests} ${requests === 1 ? "request" : "requests"}`,
    ...(replays > 0 ? [`${replays} ${replays === 1 ? "replay" : "replays"}`] : []),
    `${runs} ${runs === 1 ? "run" : "runs"} of your callback`,
  ];
  return html`<section class="box pad" aria-labelledby="line"><div class="head row"><h2 id="line">What happened</h2><span class="small soft">${counts.join(", ")}</span></div>
<ol class="line">${created(known, now)}${attempts.map((attempt, index) => entry(attempt, attempts[index - 1], known, now))}${upcoming(known, now)}</ol></section>`;
}

interface Entry {
  readonly mark: Mark;
  readonly title: Html | string;
  readonly when: Html;
  readonly detail: Html;
  readonly className?: string;
}

function item({ mark, title, when, detail, className = "" }: Entry): Html {
  return html`<li class="${className}">${glyph(mark)}<div class="line-row"><h3>${title}</h3>${when}</div>${detail}</li>`;
}

/** When the sender says that it made what came last. */
function created({ redacted, attempts }: KnownDelivery, now: number): Html {
  const at = createdAtOf(redacted);
  const [first] = attempts;
  if (at === null || first === undefined || at > first.at) return nothing;
  return item({
    mark: "quiet",
    title: "Created at the sender",
    when: exactClock(at, now),
    detail: html`<p class="soft small"><span class="chip">sender</span> by the <code>created_at</code> of its body, and the sender’s clock</p>`,
  });
}

function entry(
  attempt: AttemptRecord,
  before: AttemptRecord | undefined,
  known: KnownDelivery,
  now: number,
): Html {
  const { outcome, status, at, late, error } = attempt;
  const failed = classOf(outcome) === "failed";
  const same = error !== null && before?.error === error && before.errorFrame === attempt.errorFrame;
  const title =
    attempt.source === "replay"
      ? `Replay: ${outcome}`
      : late
        ? `Ended late: ${outcome}`
        : attempt.source === "reconcile"
          ? `Job check: ${outcome}`
          : `${status} ${outcome}`;
  return item({
    mark: markOf(attempt),
    title,
    when: exactClock(at, now),
    detail: html`<p class="soft small"><span class="chip">${sourceOf(attempt, known)}</span> ${detailOf(attempt, known)}${same ? ", the same error" : ""}</p>${
      failed && error !== null && !same ? errorBlock(attempt) : nothing
    }`,
  });
}

function markOf({ outcome, source }: AttemptRecord): Mark {
  const kind = classOf(outcome);
  if (kind === "failed") return source === "replay" ? "replay" : "fail";
  if (kind === "repeated") return "dismissed";
  return source === "http" ? "ok" : "replay";
}

function sourceOf({ source, senderAttempt }: AttemptRecord, { delivery }: KnownDelivery): string {
  if (source === "replay") return "replay";
  if (source === "reconcile") return "job check";
  const of = delivery.maxAttempts === null ? "" : ` of ${delivery.maxAttempts}`;
  return senderAttempt === null ? "sender" : `sender, ${senderAttempt}${of}`;
}

function detailOf(attempt: AttemptRecord, { delivery, attempts }: KnownDelivery): Html {
  const { durationMs, actor, late, status, outcome, reason } = attempt;
  const isFirst = attempts[0] === attempt && attempt.source === "http" && delivery.secretIndex !== null;
  const parts = [
    ...(actor === null ? [] : [html`by <b>${visible(actor, 40)}</b>`]),
    html`${exactly(Math.round(durationMs))}`,
    ...(late ? [html`its request had been answered ${status} before`] : []),
    ...(outcome === "duplicate" ? [html`it had succeeded already, so your callback was not called`] : []),
    ...(outcome === "in-flight" ? [html`another attempt was running, so your callback was not called`] : []),
    ...(reason === null ? [] : [html`${visible(reason)}`]),
    ...(isFirst ? [html`signature verified with the ${ordinal(delivery.secretIndex ?? 0)} secret`] : []),
  ];
  return html`${parts.map((part, index) => html`${index === 0 ? "" : ", "}${part}`)}`;
}

function errorBlock({ errorName, error, errorFrame }: AttemptRecord): Html {
  const text = shownError(error) ?? "";
  return html`<div class="error"><code>${visible(errorName === null ? text : `${errorName}: ${text}`)}</code>${
    errorFrame === null ? nothing : html`<code class="soft">at ${visible(errorFrame)}</code>`
  }</div>`;
}

/** Only of what has failed: when the sender gives up follows from its policy. */
function upcoming({ delivery }: KnownDelivery, now: number): Html {
  const nowItem = html`<li class="next now">now, ${exactClock(now, now)}</li>`;
  const { state, deadAt, maxAttempts, senderAttempt } = delivery;
  if (state !== "failed" || deadAt <= now) return nothing;
  const left = maxAttempts === null || senderAttempt === null ? null : maxAttempts - senderAttempt;
  const [next, word] =
    left === null
      ? ["The sender’s next attempt", "expected"]
      : [
          `Sender’s attempt ${(senderAttempt ?? 0) + 1} of ${maxAttempts}${left === 1 ? ", its last" : ""}`,
          "expected",
        ];
  const attempt = item({
    mark: "expected",
    className: "next",
    title: next,
    when: html`<span class="soft small nowrap">by ${clock(deadAt, now)}</span>`,
    detail: html`<p class="soft small"><span class="chip">${word}</span> at a time of the sender’s own choice</p>`,
  });
  const end = item({
    mark: "expected",
    title: "Then dead",
    when: html`<span class="soft small nowrap">at the latest ${clock(deadAt, now)}</span>`,
    detail: html`<p class="soft small"><span class="chip">expected</span> unless it succeeds before; after that only a replay or a job check can deliver it</p>`,
  });
  return html`${nowItem}${attempt}${end}`;
}
