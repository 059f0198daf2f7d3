import type { IncomingMessage } from "node:http";

/**
 * Keeps the body in the stream until it is read here, whoever listens to it already, or begins to while the options
 * are still being made. They get every byte as well, together with the reader.
 */
export function holdBody(request: IncomingMessage): void {
  // What is no stream (`node-mocks-http`) says nothing here.
  if (typeof request.readableFlowing === "boolean" || request.readableFlowing === null) request.pause();
}
