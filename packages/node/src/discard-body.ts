import type { IncomingMessage } from "node:http";
import { nextTurn } from "./next-turn.ts";

/** Enough for a sender that writes everything before it reads; little enough to cost nothing. */
const maxBytes = 16 * 1_048_576;
const maxMs = 2_000;

/**
 * Whether nothing of the body is still to come when its answer is ready. Otherwise the connection must be closed after
 * the answer, but not before {@link discardBody} is through.
 */
export async function hasArrived(request: IncomingMessage): Promise<boolean> {
  if (isArriving(request)) await nextTurn();
  return !isArriving(request);
}

/** Only a request of `node:http` says that it is not complete; what stands in for one has come as a whole. */
function isArriving(request: Partial<IncomingMessage> | undefined): boolean {
  return request?.complete === false && !request.destroyed;
}

/** The header that ends the connection after an answer. HTTP/2 has none: its streams end one by one. */
export function closingHeaders(request: IncomingMessage): Record<string, string> {
  return request.httpVersionMajor === 1 ? { connection: "close" } : {};
}

/**
 * Takes the rest of a body off the connection and drops it, for 16 MiB or two seconds. Closing a connection with
 * unread bytes in it resets it, and the sender loses the answer (RFC 9112, section 9.6).
 */
export function discardBody(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let length = 0;

    function settle(): void {
      clearTimeout(timer);
      request.off("data", drop).off("end", settle).off("error", settle).off("close", settle);
      resolve();
    }
    function drop(chunk: { length: number }): void {
      length += chunk.length;
      if (length > maxBytes) settle();
    }

    const timer = setTimeout(settle, maxMs);
    // A listener left behind, such as that of a web stream nobody reads, would pause the stream or pile up its bytes.
    request.removeAllListeners("data").removeAllListeners("readable");
    request.on("data", drop).on("end", settle).on("error", settle).on("close", settle).resume();
  });
}
