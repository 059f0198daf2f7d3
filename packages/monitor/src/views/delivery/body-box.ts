import { type Html, html } from "../../page/html.ts";
import { countHidden, jsonText } from "../../page/json-text.ts";
import { query as link } from "../../page/pieces.ts";
import { section } from "../../page/section.ts";
import { day } from "../../page/times.ts";
import { visible } from "../../page/visible.ts";
import { bytesOf, counted } from "../../page/words.ts";
import type { KnownDelivery } from "../delivery.ts";
import type { ViewContext } from "../view.ts";

/** How much of a body as it came is shown. */
const mostShown = 100_000;

/** The body: with what is hidden, or as it came for who may see that and asks for it. */
export function bodyBox(known: KnownDelivery, { access }: ViewContext): Html {
  const { delivery, body, redacted, raw } = known;
  const { key, bodyUntil, state } = delivery;
  const head = { id: "body", title: "Body" };
  const size = bytesOf(delivery.bodyBytes);
  if (body === null) {
    return section(
      { ...head, beside: `${size}, not kept`, look: "box pad later" },
      html`<p class="soft small">${whyNone(known)}</p>`,
    );
  }
  const hidden = countHidden(redacted);
  const keeps = known.source.description?.inbox?.body;
  const until =
    bodyUntil !== null &&
    html`, kept until ${state !== "done" && keeps === "failed" && "it succeeds or "}${day(bodyUntil)}`;
  const toggle =
    access.payload !== true
      ? html`${hidden === 0 ? "nothing" : counted(hidden, "value")} hidden`
      : raw
        ? html`<a href="${link("delivery", { key })}">Hide values again</a>`
        : html`${hidden} hidden, <a href="${link("delivery", { key, body: "raw" })}">show as it came</a>`;
  const beside = html`<span class="small soft">${size}${until}</span><span class="end small soft">${toggle}</span>`;
  return section({ ...head, beside, look: "box body later" }, content(known));
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
