import { type Html, html } from "./html.ts";

/** What a section is called, and what stands beside that. */
interface SectionHead {
  /** Of its heading, for links and for what is read aloud. */
  readonly id: string;
  readonly title: string;
  /** Text is shown small. */
  readonly beside?: Html | string | undefined;
  /** Classes of the section. Default: those of a box. */
  readonly look?: string;
}

/** A part of a page with its heading. */
export function section({ id, title, beside, look = "box pad" }: SectionHead, content: Html): Html {
  return html`<section class="${look}" aria-labelledby="${id}"><div class="head row"><h2 id="${id}">${title}</h2>${
    typeof beside === "string" ? html`<span class="small soft">${beside}</span>` : beside
  }</div>${content}</section>`;
}
