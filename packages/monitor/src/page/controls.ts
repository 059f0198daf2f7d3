import { type Html, html, nothing } from "./html.ts";

/** A link that looks like a button. */
export function linkButton(address: string, word: Html | string, look = ""): Html {
  return html`<a class="button ${look}" href="${address}">${word}</a>`;
}

/** What sends a form, and says which action is meant. */
export function actionButton(action: string, word: string, look = ""): Html {
  return html`<button class="button ${look}" name="action" value="${action}">${word}</button>`;
}

/** Fields of a form; what is undefined or empty is left out. */
type Fields = Readonly<Record<string, string | undefined>>;

/** Fields that a form sends along. */
export function hiddenFields(fields: Fields): readonly Html[] {
  return Object.entries(fields).map(([name, value]) =>
    value ? html`<input type="hidden" name="${name}" value="${value}">` : nothing,
  );
}

/** A form that acts. Its address is the view that is shown where nothing else is. */
export function actionForm(address: string, fields: Fields, content: Html, look = "row"): Html {
  return html`<form class="${look}" method="post" action="${address}">${hiddenFields(fields)}${content}</form>`;
}
