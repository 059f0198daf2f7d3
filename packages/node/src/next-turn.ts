/**
 * Waits until what has come over the wire so far has been parsed. A handler runs as soon as the headers are, before
 * the body that was sent along with them; and what others have begun in microtasks is done by then too.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
