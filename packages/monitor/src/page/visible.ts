/** A sender's text is shown up to here; the whole of it is in the JSON. */
const longestShown = 500;

/** Controls, formatting such as a change of the direction of writing, lone surrogates, line and paragraph ends. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u{115f}\u{1160}\u{3164}\u{ffa0}]/gu;

/**
 * A sender's text as a page shows it: what is invisible, or would turn the text around it, is written out. Escaping for
 * HTML is the template's.
 */
export function visible(text: string, longest = longestShown): string {
  const characters = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return characters.replace(invisible, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/**
 * Text that may quote an address: what follows its question mark is left out, for there is where senders sign URLs. So
 * is what stands before its host.
 */
export function withoutSignedUrls(text: string): string {
  return text
    .replace(/(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/?#@"'<>]*@/gi, "$1…@")
    .replace(/(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]+/gi, "$1?…");
}

/** `TypeError: it is not a function`, or what stands in for it where nothing was thrown. */
export function errorText(
  { errorName, error }: { readonly errorName: string | null; readonly error: string | null },
  otherwise = "",
): string {
  const text = shownError(error);
  return text === null ? otherwise : errorName === null ? text : `${errorName}: ${text}`;
}

/** What was thrown, as pages, JSON and exports show it. */
export function shownError(error: string | null): string | null {
  return error === null ? null : withoutSignedUrls(error);
}
