import { type Html, html, nothing } from "../../page/html.ts";
import { countHidden, jsonText } from "../../page/json-text.ts";
import { query as link } from "../../page/pieces.ts";
import { day } from "../../page/times.ts";
import { visible } from "../../page/visible.ts";
import { bytesOf } from "../../page/words.ts";
import type { KnownDelivery } from "../delivery.ts";
import type { ViewContext } from "../view.ts";

/** How much of a body as it came is shown. */
const mostShown = 100_000;

/** The body: with what is hidden, or as it came for who may see that and asks for it. */
export function bodyBox(known: KnownDelivery, { access }: ViewContext): Html {
  const { delivery, body, redacted, raw } = known;
  const { key, bodyUntil, state } = delivery;
  if (body === null) {
    return html`<section class="box pad later" aria-labelledby="body"><div class="head row"><h2 id="body">Body</h2><span class="small soft">${bytesOf(delivery.bodyBytes)}, not kept</span></div><p class="soft small">${whyNone(known)}</p></section>`;
  }
  const hidden = countHidden(redacted);
  const keeps = known.source.description?.inbox?.body;
  const until =
    bodyUntil === null
      ? nothing
      : html`, kept ${state !== "done" && keeps === "failed" ? "until it succeeds or " : "until "}${day(bodyUntil)}`;
  const toggle =
    access.payload !== true
      ? html`${hidden === 0 ? "nothing" : `${hidden} ${hidden === 1 ? "value" : "values"}`} hidden`
      : raw
        ? html`<a href="${link("delivery", { key })}">Hide values again</a>`
        : html`${hidden} hidden, <a href="${link("delivery", { key, body: "raw" })}">show as it came</a>`;
  return html`<section class="box later" aria-labelledby="body"><div class="head row bar"><h2 id="body">Body</h2><span class="small soft">${bytesOf(delivery.bodyBytes)}${until}</span><span class="end small soft">${toggle}</span></div>
${content(known)}</section>`;
}

function content({ body, redacted, raw }: KnownDelivery): Html {
  if (raw) {
    const text = new TextDecoder().decode(body ?? undefined);
    return html`<pre tabindex="0" aria-label="Body, as it came"><code>${lines(text)}</code></pre>`;
  }
  return redacted === null
    ? html`<p class="pad soft small">It is not JSON, so nothing in it can be told to be harmless. It is shown as it came to who may see that.</p>`
    : html`<pre tabindex="0" aria-label="Body, with values hidden"><code>${jsonText(redacted)}</code></pre>`;
}

/** Line breaks stay, everything else that is invisible is written out. */
function lines(text: string): string {
  const shown = text
    .slice(0, mostShown)
    .split("\n")
    .map((line) => visible(line, mostShown));
  return `${shown.join("\n")}${text.length > mostShown ? "\n…" : ""}`;
}

function whyNone({ delivery, source }: KnownDelivery): string {
  const keeps = source.description?.inbox?.body;
  if (keeps === "none") return "This endpoint keeps no bodies (inbox.body is none).";
  if (delivery.state === "done" && keeps === "failed")
    return "It succeeded, and bodies are kept of those alone that have not.";
  return "It was dropped, or its time was over.";
}
