import { type Html, html } from "./html.ts";

/** What a status looks like: each has its own shape, so that colour is never all there is. */
export type Mark = "ok" | "fail" | "dead" | "run" | "warn" | "expected" | "dismissed" | "replay" | "quiet";

const shapes: Readonly<Record<Mark, Html>> = {
  ok: html`<circle cx="8" cy="8" r="7.4"/><path class="cut" d="m4.6 8.2 2.4 2.4 4.5-5"/>`,
  fail: html`<path d="M8 1 15.6 15H.4z"/><path class="cut" d="M8 6v4M8 12.4v.1"/>`,
  dead: html`<rect x=".8" y=".8" width="14.4" height="14.4" rx="2.6"/><path class="cut" d="m5 5 6 6m0-6-6 6"/>`,
  run: html`<circle class="line" cx="8" cy="8" r="6.6"/><path d="M8 1.4a6.6 6.6 0 0 1 0 13.2z"/>`,
  warn: html`<path d="m8 .4 7.6 7.6L8 15.6.4 8z"/><path class="cut" d="M8 4.6v4M8 11.2v.1"/>`,
  expected: html`<circle class="line" cx="8" cy="8" r="6.6" stroke-dasharray="2.6 2.6"/>`,
  dismissed: html`<circle class="line" cx="8" cy="8" r="6.6"/><path class="line" d="M5 8h6"/>`,
  replay: html`<path class="line" d="M13.5 8A5.5 5.5 0 1 1 11.9 4.1M12.3.9v3.5H8.8"/>`,
  quiet: html`<circle class="line" cx="8" cy="8" r="6.6"/>`,
};

/** The colour that goes with a shape. */
const tones: Readonly<Record<Mark, string>> = {
  ok: "ok",
  fail: "fail",
  dead: "dead",
  run: "run",
  warn: "warn",
  expected: "soft",
  dismissed: "soft",
  replay: "run",
  quiet: "soft",
};

/** The shape alone; whatever it stands beside says the same in words. */
export function glyph(mark: Mark): Html {
  return html`<svg class="glyph ${tones[mark]}" viewBox="0 0 16 16" aria-hidden="true">${shapes[mark]}</svg>`;
}

/** Shape, word and colour. */
export function status(mark: Mark, word: string | Html): Html {
  return html`<span class="status ${tones[mark]}">${glyph(mark)}${word}</span>`;
}
