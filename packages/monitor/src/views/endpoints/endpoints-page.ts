import type { ReceiverDescription } from "@latchhook/core";
import type { SenderHealth } from "../../data/sender-health.ts";
import { parts, ticks } from "../../page/charts.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { emptyBox, facts, soft } from "../../page/pieces.ts";
import { visible } from "../../page/visible.ts";
import { bytesOf, counted, exactly, listed, number, verb } from "../../page/words.ts";
import { senderStatus } from "../sender-status.ts";
import type { Page, ViewContext } from "../view.ts";

export function endpointsPage(senders: readonly SenderHealth[], { now }: ViewContext): Page {
  const made = senders.filter(({ source }) => source.description !== undefined);
  const waiting = senders.length - made.length;
  return {
    title: "Endpoints",
    answer: answer(made, waiting),
    more: html`Resolved values, defaults included. Secrets are never shown.`,
    body: html`${made.map((sender) => endpointBox(sender, now))}${
      waiting > 0 &&
      emptyBox(
        "expected",
        `${counted(waiting, "endpoint")} not made yet`,
        "Its options come from a function, which runs at the first request of this process.",
      )
    }`,
  };
}

/** That the limits fit is checked when a receiver is made: one that does not fit is refused there. */
function answer(made: readonly SenderHealth[], waiting: number): Html {
  if (made.length === 0) return html`No endpoint has been made yet.`;
  const stores = [...new Set(made.map(({ source }) => source.description?.store.name ?? ""))];
  const without = made.filter(({ source }) => source.inbox === undefined).length;
  return html`${counted(made.length, "endpoint")} on ${stores.length === 1 ? `the ${stores[0]} store` : `the ${listed(stores)} stores`}. ${
    made.length === 1 && waiting === 0 ? "Its limits fit its sender’s" : "All limits fit their senders’"
  } timeouts and retries.${without > 0 && html` <strong class="warn">${number(without)} of them ${verb(without, "keeps", "keep")} no inbox</strong>.`}`;
}

function endpointBox(sender: SenderHealth, now: number): Html {
  const { description, inbox } = sender.source;
  if (description === undefined) return nothing;
  const { provider, scope, store, limits, policy } = description;
  const dropped = inbox?.dropped() ?? 0;
  const kept = description.inbox;
  const left = facts([
    [
      "store",
      `${store.name}${store.schemaVersion === null ? "" : `, schema version ${store.schemaVersion}`}`,
    ],
    ["maxBodyBytes", bytesOf(limits.maxBodyBytes)],
    ["maxBytesInFlight", bytesOf(limits.maxBytesInFlight)],
    ["inbox", inboxWords(description)],
    ["headers kept", kept && (visible(kept.headers.join(", ")) || "none")],
    ["encrypted", kept && (kept.encrypted ? "yes" : "no")],
    [
      "rows dropped",
      dropped === 0
        ? null
        : html`<b class="warn">${number(dropped)}</b> ${soft("by this process: the store could not keep up")}`,
    ],
  ]);
  const right = facts(
    (["leaseMs", "maxRunMs", "waitMs", "retainMs"] as const).map((name) => [name, exactly(limits[name])]),
  );
  return html`<section class="box pad" aria-label="${provider} ${scope}"><div class="head row"><h2>${provider}</h2>${scope !== "" && html`<span class="chip">scope ${visible(scope)}</span>`}<span class="end">${senderStatus(sender, now)}</span></div>
<div class="two">${left}${right}<div>${oneAttempt(description)}</div><div>${retries(policy)}</div></div></section>`;
}

function inboxWords({ inbox }: ReceiverDescription): Html | string {
  if (inbox === null) return soft("off");
  const bodies =
    inbox.body === "none"
      ? "no bodies"
      : `bodies of ${inbox.body === "all" ? "all" : "failed"}, ${number(inbox.bodyDays)} d`;
  return `${bodies}; rows ${number(inbox.days)} d`;
}

/** The sender's timeout, and what of it is used. */
function oneAttempt({ limits, policy }: ReceiverDescription): Html {
  const { bodyTimeoutMs, deadlineMs } = limits;
  const body = Math.min(bodyTimeoutMs, deadlineMs);
  const words = [
    `body ${exactly(body)}`,
    `our answer ${exactly(deadlineMs)}`,
    `timeout ${exactly(policy.timeoutMs)}`,
  ];
  return html`<p class="soft small caption">One attempt</p>${parts(
    policy.timeoutMs,
    [body, deadlineMs],
    `One attempt: ${listed(words)}`,
  )}${ticks(...words)}`;
}

function retries({ maxAttempts, shortestRetryGapMs, retryHorizonMs }: ReceiverDescription["policy"]): Html {
  return html`<p class="soft small caption">The sender’s retries</p>${facts([
    ["attempts", maxAttempts ?? soft("it does not say")],
    ["shortest pause", exactly(shortestRetryGapMs)],
    ["can come again", `for ${exactly(retryHorizonMs)}`],
  ])}`;
}
