import type { AttemptRecord } from "@latchhook/core";
import { classOf } from "../../data/outcome-class.ts";
import { createdAtOf } from "../../data/sender-view.ts";
import { glyph, type Mark } from "../../page/glyphs.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { joined } from "../../page/pieces.ts";
import { section } from "../../page/section.ts";
import { clock, exactClock } from "../../page/times.ts";
import { errorText, visible } from "../../page/visible.ts";
import { counted, exactly, ordinal } from "../../page/words.ts";
import type { KnownDelivery } from "../delivery.ts";

/** What happened, up to now, and what is expected after it. */
export function timeline(known: KnownDelivery, now: number): Html {
  const { delivery, attempts } = known;
  const { requests, replays, runs } = delivery;
  const counts = [
    counted(requests, "request"),
    replays > 0 && counted(replays, "replay"),
    `${counted(runs, "run")} of your callback`,
  ];
  return section(
    { id: "line", title: "What happened", beside: counts.filter(Boolean).join(", ") },
    html`<ol class="line">${created(known, now)}${attempts.map((attempt, index) => entry(attempt, attempts[index - 1], known, now))}${upcoming(known, now)}</ol>`,
  );
}

interface Entry {
  readonly mark: Mark;
  readonly title: Html | string;
  readonly when: Html;
  /** Who says so. */
  readonly source: string;
  readonly detail: Html | string;
  readonly below?: Html | false;
  readonly look?: string | undefined;
}

function item({ mark, title, when, source, detail, below, look = "" }: Entry): Html {
  return html`<li class="${look}">${glyph(mark)}<div class="line-row"><h3>${title}</h3>${when}</div><p class="soft small"><span class="chip">${source}</span> ${detail}</p>${below}</li>`;
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
    source: "sender",
    detail: html`by the <code>created_at</code> of its body, and the sender’s clock`,
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
    source: sourceOf(attempt, known),
    detail: html`${detailOf(attempt, known)}${same && ", the same error"}`,
    below: failed && error !== null && !same && errorBlock(attempt),
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
  const uncalled = {
    duplicate: "it had succeeded already",
    "in-flight": "another attempt was running",
  }[outcome as string];
  const parts = [
    actor !== null && html`by <b>${visible(actor, 40)}</b>`,
    exactly(Math.round(durationMs)),
    late && `its request had been answered ${status} before`,
    uncalled !== undefined && `${uncalled}, so your callback was not called`,
    reason !== null && visible(reason),
    isFirst && `signature verified with the ${ordinal(delivery.secretIndex ?? 0)} secret`,
  ];
  return joined(parts, ", ");
}

function errorBlock(attempt: AttemptRecord): Html {
  const { errorFrame } = attempt;
  return html`<div class="error"><code>${visible(errorText(attempt))}</code>${
    errorFrame !== null && html`<code class="soft">at ${visible(errorFrame)}</code>`
  }</div>`;
}

/** Only of what has failed: when the sender gives up follows from its policy. */
function upcoming({ delivery }: KnownDelivery, now: number): Html {
  const { state, deadAt, maxAttempts, senderAttempt } = delivery;
  if (state !== "failed" || deadAt <= now) return nothing;
  const attempt =
    maxAttempts === null || senderAttempt === null
      ? "The sender’s next attempt"
      : `Sender’s attempt ${senderAttempt + 1} of ${maxAttempts}${maxAttempts - senderAttempt === 1 ? ", its last" : ""}`;
  const expected = (title: string, when: string, detail: string, look?: string) =>
    item({
      mark: "expected",
      look,
      title,
      when: html`<span class="soft small nowrap">${when} ${clock(deadAt, now)}</span>`,
      source: "expected",
      detail,
    });
  return html`<li class="next now">now, ${exactClock(now, now)}</li>${expected(attempt, "by", "at a time of the sender’s own choice", "next")}${expected("Then dead", "at the latest", "unless it succeeds before; after that only a replay or a job check can deliver it")}`;
}
