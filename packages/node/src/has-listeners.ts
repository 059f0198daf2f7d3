import type { IncomingMessage } from "node:http";

/** Whether somebody listens to the body, in either way that a stream of Node's is read. */
export function hasListeners(request: IncomingMessage): boolean {
  return request.listenerCount("data") > 0 || request.listenerCount("readable") > 0;
}
