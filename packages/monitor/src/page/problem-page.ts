import { glyph } from "./glyphs.ts";
import { type Html, html } from "./html.ts";
import { bareDocument } from "./layout.ts";

const titles: Readonly<Record<number, string>> = {
  403: "Refused",
  404: "Not found",
  405: "Not possible",
  500: "It failed",
  503: "Stopped",
};

/** A page for what is refused before there is a view. It says nothing that is secret. */
export function problemPage(status: number, message: string): Html {
  const title = titles[status] ?? "Refused";
  return bareDocument(
    title,
    html`<section class="box pad notice"><h1>${glyph(status >= 500 ? "warn" : "dismissed")}${title}</h1><p>${message}</p>
<p><a href="?view=overview">Overview</a></p></section>`,
  );
}
