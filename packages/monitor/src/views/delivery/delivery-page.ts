import { type Html, html, nothing } from "../../page/html.ts";
import { facts, identifier, soft, stateStatus } from "../../page/pieces.ts";
import { section } from "../../page/section.ts";
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
  return section(
    { id: "headers", title: "Headers kept", beside: "most are not signed", look: "box pad later" },
    facts(headers.map(([name, value]) => [visible(name), html`<code>${visible(value)}</code>`])),
  );
}

function factsBox({ delivery }: KnownDelivery, now: number): Html {
  const { scope, secretIndex, receivedAt } = delivery;
  return section(
    { id: "facts", title: "Delivery" },
    facts([
      ["Key", identifier(delivery.key, "delivery key", { short: true })],
      ["Event id", identifier(delivery.eventId, "event id", { short: true })],
      ["Sequence", number(delivery.sequence)],
      ["Scope", scope === "" ? soft("none") : visible(scope)],
      ["Event", delivery.known ? "known type and shape" : "unknown type or shape, delivered all the same"],
      ["Secret", secretIndex === null ? null : `the ${ordinal(secretIndex)}, at receipt`],
      ["Received", html`${ago(receivedAt, now)}, ${exactClock(receivedAt, now)}`],
      ["Last heard", ago(delivery.lastAt, now)],
      ["Last took", exactly(Math.round(delivery.lastDurationMs))],
      ["Size", bytesOf(delivery.bodyBytes)],
      ["Kept until", day(delivery.expiresAt)],
    ]),
  );
}
