/** A sender's text is shown up to here. */
const longestShown = 120;

/**
 * Text for one line of a log: controls and line breaks become spaces. JSON leaves DEL, C1 controls and line separators
 * as they are, and an error's name is not even JSON.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ");
}

/** A sender's text in quotes, cut where it is long; what is invisible or turns the direction of writing is escaped. */
export function quoted(text: string): string {
  const cut = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
  return JSON.stringify(cut).replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
