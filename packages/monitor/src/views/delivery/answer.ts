import type { InboxDelivery } from "@latchhook/core";
import { type Html, html } from "../../page/html.ts";
import { isFailing } from "../../page/pieces.ts";
import { clock } from "../../page/times.ts";
import { shownError, visible } from "../../page/visible.ts";
import { counted } from "../../page/words.ts";
import type { KnownDelivery } from "../delivery.ts";

/** Why, and what next, in one sentence or two. */
export function deliveryAnswer(known: KnownDelivery, now: number): Html {
  const { delivery } = known;
  switch (delivery.state) {
    case "running":
      return html`It is <strong class="run">running now</strong>.`;
    case "done":
      return doneAnswer(known, now);
    case "dismissed":
      return html`It failed, and somebody <strong>dismissed</strong> it: nothing waits for it.`;
    case "dead":
      return html`<strong>${cause(delivery)}</strong> The sender has given up, so only a replay brings it back.`;
    case "failed":
      return html`<strong class="fail">${cause(delivery)}</strong> ${expected(delivery, now)}`;
  }
}

/** What stopped it, in words that follow from the last outcome. */
function cause(delivery: InboxDelivery): string {
  const text = shownError(delivery.error);
  const code = text === null ? null : /\b(E[A-Z]{4,}|SQLITE_[A-Z_]+|[0-9A-Z]{5}(?=:))\b/.exec(text)?.[0];
  const what = code ?? (text === null ? null : visible(text, 90));
  switch (delivery.lastOutcome) {
    case "deadline-exceeded":
      return "Your handler took longer than the deadline.";
    case "lease-lost":
      return "Your handler’s lease was lost while it ran.";
    case "store-unavailable":
    case "store-full":
      return "The store of deliveries failed.";
    default:
      return what === null
        ? "Your handler fails."
        : `Your handler fails: ${what}${/[.!?…]$/.test(what) ? "" : "."}`;
  }
}

/** What the sender is expected to do, from its policy and from what this delivery says of itself. */
function expected({ deadAt, senderAttempt, maxAttempts, requests }: InboxDelivery, now: number): Html {
  const used = Math.max(requests, senderAttempt ?? 0);
  const attempts = maxAttempts !== null && `; ${Math.min(used, maxAttempts)} of ${maxAttempts} attempts used`;
  return deadAt > now
    ? html`The sender can try again until ${clock(deadAt, now)}${attempts}.`
    : html`The sender is not expected to try again${attempts}.`;
}

function doneAnswer({ delivery, attempts }: KnownDelivery, now: number): Html {
  const success = attempts.findLast(({ outcome }) => outcome === "processed");
  const failures = attempts.filter(
    ({ error, outcome }) => error !== null || outcome === "persist-failed",
  ).length;
  const by =
    success?.source === "replay"
      ? html`, by a replay of ${visible(success.actor ?? "somebody", 40)}`
      : success?.source === "reconcile"
        ? ", delivered by a job check"
        : "";
  const at = success?.at ?? delivery.lastAt;
  const after = failures > 0 && ` after ${counted(failures, "failed run")}`;
  return html`It came and <strong class="ok">succeeded</strong> at ${clock(at, now)}${after}${by}.`;
}

/** What a person can do, where there is something. */
export function whatNext({ delivery, job }: KnownDelivery, now: number): Html | undefined {
  const { state, jobStatus, hasBody, deadAt } = delivery;
  if (!isFailing(state)) return undefined;
  const completed = job?.job.status === "completed" || jobStatus === "completed";
  const atSender = completed && "The job is completed at the sender; only its webhook fails here. ";
  if (!hasBody) {
    return html`${atSender}Its body is not kept, so it cannot be replayed here${job?.table.checkable === true && ": check the job instead"}.`;
  }
  const retried = state === "failed" && deadAt > now;
  return html`${atSender}Mend the cause, then replay it${retried && ", or leave it to the sender’s next attempt: of both only one runs"}.`;
}
