import { html } from "hono/html";

/** A template that escapes whatever is put into it, unless that came out of a template itself. */
export { html };

/** A piece of a page. */
export type Html = ReturnType<typeof html>;

/** Nothing. */
export const nothing: Html = html``;
