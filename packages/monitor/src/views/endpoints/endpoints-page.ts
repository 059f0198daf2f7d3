import type { ReceiverDescription } from "@latchhook/core";
import { hourMs, startOfMinute } from "../../data/counters.ts";
import type { SenderHealth } from "../../data/sender-health.ts";
import { parts, ticks } from "../../page/charts.ts";
import { status } from "../../page/glyphs.ts";
import { type Html, html, nothing } from "../../page/html.ts";
import { emptyBox, fact } from "../../page/pieces.ts";
import { visible } from "../../page/visible.ts";
import { bytesOf, counted, exactly, listed, number } from "../../page/words.ts";
import type { Page, ViewContext } from "../view.ts";

export function endpointsPage(senders: readonly SenderHealth[], { now }: ViewContext): Page {
  const made = senders.filter(({ source }) => source.description !== undefined);
  const waiting = senders.length - made.length;
  return {
    title: "Endpoints",
    answer: answer(made, waiting),
    more: html`Resolved values, defaults included. Secrets are never shown.`,
    body: html`${made.map((sender) => endpointBox(sender, now))}${
      waiting === 0
        ? nothing
        : emptyBox(
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
  } timeouts and retries.${without === 0 ? nothing : html` <strong class="warn">${number(without)} of them ${without === 1 ? "keeps" : "keep"} no inbox</strong>.`}`;
}

function endpointBox(sender: SenderHealth, now: number): Html {
  const { description, inbox } = sender.source;
  if (description === undefined) return nothing;
  const { provider, scope, store, limits, policy } = description;
  const dropped = inbox?.dropped() ?? 0;
  return html`<section class="box pad" aria-label="${provider} ${scope}"><div class="head row"><h2>${provider}</h2>${scope === "" ? nothing : html`<span class="chip">scope ${visible(scope)}</span>`}<span class="end">${receiving(sender, now)}</span></div>
<div class="two"><dl class="facts">${fact("store", `${store.name}${store.schemaVersion === null ? "" : `, schema version ${store.schemaVersion}`}`)}${fact("maxBodyBytes", bytesOf(limits.maxBodyBytes))}${fact("maxBytesInFlight", bytesOf(limits.maxBytesInFlight))}${fact("inbox", inboxWords(description))}${fact("headers kept", description.inbox === null ? null : visible(description.inbox.headers.join(", ")) || "none")}${fact("encrypted", description.inbox === null ? null : description.inbox.encrypted ? "yes" : "no")}${fact("rows dropped", dropped === 0 ? null : html`<b class="warn">${number(dropped)}</b> <span class="soft">by this process: the store could not keep up</span>`)}</dl>
<dl class="facts">${fact("leaseMs", exactly(limits.leaseMs))}${fact("maxRunMs", exactly(limits.maxRunMs))}${fact("waitMs", exactly(limits.waitMs))}${fact("retainMs", exactly(limits.retainMs))}</dl>
<div>${oneAttempt(description)}</div>
<div>${retries(policy)}</div></div></section>`;
}

function receiving({ signature, lastRequestAt, failing }: SenderHealth, now: number): Html {
  if (signature === "refusing") return status("fail", "Not verifying");
  if (failing > 0) return status("fail", "Failing here");
  if (lastRequestAt === null) return status("expected", "Nothing in 24 h");
  return lastRequestAt < startOfMinute(now) - hourMs ? status("quiet", "Quiet") : status("ok", "Receiving");
}

function inboxWords({ inbox }: ReceiverDescription): Html | string {
  if (inbox === null) return html`<span class="soft">off</span>`;
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
    [
      { atMs: body, word: "body" },
      { atMs: deadlineMs, word: "answer" },
    ],
    `One attempt: ${listed(words)}`,
  )}${ticks(...words)}`;
}

function retries({ maxAttempts, shortestRetryGapMs, retryHorizonMs }: ReceiverDescription["policy"]): Html {
  return html`<p class="soft small caption">The sender’s retries</p><dl class="facts">${fact("attempts", maxAttempts ?? html`<span class="soft">it does not say</span>`)}${fact("shortest pause", exactly(shortestRetryGapMs))}${fact("can come again", `for ${exactly(retryHorizonMs)}`)}</dl>`;
}
