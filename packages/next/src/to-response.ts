import { type Answer, heldOpen } from "@latchhook/core";

/** How long a sender may take for what it has already begun to write before the connection is given up, in ms. */
const patienceMs = 20;

/**
 * The answer as a response. Where the sender is still writing, status and body go out at once, but the response ends only
 * when that has been taken off the connection, within bounds, and the connection ends with it. Closed at once, it would be reset,
 * and the sender would lose the answer (RFC 9112, section 9.6); kept alive, Next.js would go on listening to the sender.
 *
 * @param discarded settles when nothing more comes; undefined where the body is at its end.
 */
export async function toResponse(
  { status, headers, body }: Answer,
  discarded: Promise<void> | undefined,
): Promise<Response> {
  if (discarded === undefined || (await settles(discarded))) {
    // A status that has no body, such as 204, may not have an empty one either.
    return new Response(body === "" ? null : body, { status, headers });
  }
  const bytes = new TextEncoder().encode(body);
  const closing = { connection: "close", "content-length": String(bytes.byteLength) };
  return new Response(heldOpen(bytes, discarded), { status, headers: { ...headers, ...closing } });
}

function settles(promise: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), patienceMs);
    void promise.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
