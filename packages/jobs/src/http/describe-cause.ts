/**
 * Why a connection failed, in a word: the code that Node.js gives (`ECONNREFUSED`), else the error's name. Never its
 * message, for that of a `fetch` of one's own may quote what it sent.
 */
export function describeCause(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const { code, name } = (typeof cause === "object" && cause !== null ? cause : {}) as Record<
    string,
    unknown
  >;
  const word = [code, name].find((text) => typeof text === "string" && /^\w{1,60}$/.test(text));
  return word === undefined ? "no cause given" : String(word);
}

/** A URL as messages show it: without what could be a secret. */
export function shownUrl({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}
