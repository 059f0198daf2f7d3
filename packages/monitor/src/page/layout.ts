import { assetUrl } from "../assets/assets.ts";
import { type Page, type ViewContext, type ViewName, viewNames } from "../views/view.ts";
import { type Html, html } from "./html.ts";
import { fullTime, iso } from "./times.ts";
import { visible } from "./visible.ts";
import { countOf } from "./words.ts";

/** What needs attention, for the links to the views. */
export interface Attention {
  /** Failed and dead deliveries. Counts end at 1,001. */
  readonly failed: number;
  /** Jobs that a person should look at; null where no jobs are watched. */
  readonly jobs: number | null;
}

const logo = html`<svg viewBox="0 0 18 18" width="18" height="18" aria-hidden="true"><path d="M3 2v9a4.5 4.5 0 0 0 9 0V8.5M9.2 11 12 8.2l2.8 2.8M3 5.5h4"/></svg>`;

/** The whole document around a view. */
export function document(view: ViewName, page: Page, context: ViewContext, attention: Attention): Html {
  return html`<!doctype html>
<html lang="en">
<head>${head(page.title)}</head>
<body>
<header class="rail">
<a class="skip" href="#main">Skip to content</a>
<a class="brand" href="?view=overview">${logo}latchhook</a>
<nav aria-label="Views"><ul>${navigation(view, attention)}</ul></nav>
<p class="who"><span class="wide-only">Signed in as </span>${visible(context.access.actor, 40)}<span class="wide-only"><br>${
    context.access.access === "all" ? "may replay and dismiss" : "may read, not act"
  }</span></p>
</header>
<main id="main" tabindex="-1">${content(page, context)}</main>
</body>
</html>
`;
}

/**
 * Scripts and styles by the same path as the page. The meta element lets forms name their origin, which `no-referrer`
 * alone would have them send as `null`.
 */
function head(title: string): Html {
  return html`
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="same-origin">
<title>${visible(title)} · latchhook</title>
<link rel="stylesheet" href="${assetUrl("style")}">
<link rel="icon" type="image/svg+xml" href="${assetUrl("icon")}">
<script src="${assetUrl("script")}" defer></script>
`;
}

/** A document without a view, for what is refused. */
export function bareDocument(title: string, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>${head(title)}</head>
<body class="bare"><main id="main">${body}</main></body>
</html>
`;
}

/** The views that are reached through others. */
const parents: Partial<Record<ViewName, ViewName>> = { delivery: "deliveries", plan: "failed" };

function navigation(view: ViewName, attention: Attention): readonly Html[] {
  const current = parents[view] ?? view;
  return viewNames
    .filter((name) => !(name in parents) && (name !== "jobs" || attention.jobs !== null))
    .map((name) => {
      const count = name === "failed" ? attention.failed : name === "jobs" ? (attention.jobs ?? 0) : 0;
      const badge =
        count > 0 &&
        html` <span class="count ${name === "failed" && "fail"}">${countOf(count)}<span class="hidden"> need attention</span></span>`;
      return html`<li><a href="?view=${name}"${name === current && html` aria-current="${name === view ? "page" : "true"}"`}>${name.charAt(0).toUpperCase()}${name.slice(1)}${badge}</a></li>`;
    });
}

function content(page: Page, { now }: ViewContext): Html {
  const made = html`<span class="nowrap"><span class="live" data-live>As of</span> <time datetime="${iso(now)}" title="${fullTime(now)}">${fullTime(now).slice(11)}</time></span>`;
  return html`
<div class="top row"><h1>${page.heading ?? page.title}</h1><p class="small soft row">${page.aside}${page.still !== true && made}</p></div>
<p class="lede">${page.answer}</p>
${page.more && html`<p class="more">${page.more}</p>`}
${page.body}`;
}
