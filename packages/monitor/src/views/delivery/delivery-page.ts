import { type Html, html, nothing } from "../../page/html.ts";
import { fact, identifier, stateStatus } from "../../page/pieces.ts";
import { ago, day, exactClock } from "../../page/times.ts";
import { visible } from "../../page/visible.ts";
import { bytesOf, exactly, number, ordinal } from "../../page/words.ts";
import type { KnownDelivery } from "../delivery.ts";
import type { Page, ViewContext } from "../view.ts";
import { actionRow } from "./action-row.ts";
import { deliveryAnswer, whatNext } from "./answer.ts";
import { bodyBox } from "./body-box.ts";
import { jobBox, senderBox } from "./job-box.ts";
import { replayNotice } from "./replay-notice.ts";
import { timeline } from "./timeline.ts";

export function deliveryPage(known: KnownDelivery, context: ViewContext): Page {
  const { delivery } = known;
  const { now } = context;
  const type = visible(delivery.type, 80) || "a delivery";
  return {
    title: `${delivery.type} of ${delivery.provider}`,
    heading: html`<a href="?view=deliveries">Deliveries</a> / ${type} of ${delivery.provider}`,
    aside: stateStatus(delivery.state),
    answer: deliveryAnswer(known, now),
    more: whatNext(known, now),
    body: html`${replayNotice(known, context)}${actionRow(known, context)}
<div class="columns"><div>${timeline(known, now)}${bodyBox(known, context)}${headersBox(known)}</div>
<div>${jobBox(known, now)}${senderBox(known, now)}${factsBox(known, now)}</div></div>`,
  };
}

function headersBox({ headers }: KnownDelivery): Html {
  if (headers.length === 0) return nothing;
  return html`<section class="box pad later" aria-labelledby="headers"><div class="head row"><h2 id="headers">Headers kept</h2><span class="small soft">most are not signed</span></div>
<dl class="facts">${headers.map(([name, value]) => html`<dt>${visible(name)}</dt><dd><code>${visible(value)}</code></dd>`)}</dl></section>`;
}

function factsBox({ delivery }: KnownDelivery, now: number): Html {
  const { scope, secretIndex, expiresAt } = delivery;
  const secret = secretIndex === null ? null : `the ${ordinal(secretIndex)}, at receipt`;
  return html`<section class="box pad" aria-labelledby="facts"><div class="head row"><h2 id="facts">Delivery</h2></div>
<dl class="facts">${fact("Key", identifier(delivery.key, "delivery key", { short: true }))}${fact("Event id", identifier(delivery.eventId, "event id", { short: true }))}${fact("Sequence", number(delivery.sequence))}${fact("Scope", scope === "" ? html`<span class="soft">none</span>` : visible(scope))}${fact("Event", delivery.known ? "known type and shape" : "unknown type or shape, delivered all the same")}${fact("Secret", secret)}${fact("Received", html`${ago(delivery.receivedAt, now)}, ${exactClock(delivery.receivedAt, now)}`)}${fact("Last heard", ago(delivery.lastAt, now))}${fact("Last took", exactly(Math.round(delivery.lastDurationMs)))}${fact("Size", bytesOf(delivery.bodyBytes))}${fact("Kept until", day(expiresAt))}</dl></section>`;
}
