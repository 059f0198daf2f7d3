import type { WebhookRequest } from "@latchhook/core";
import { holdBody } from "./hold-body.ts";
import type { NodeRequest } from "./node-request.ts";
import { readNodeBody } from "./read-node-body.ts";

/**
 * Reads a `node:http` request for the receiver: the stream itself where nobody has read it yet, else the bytes that
 * were kept in `rawBody` or `body`. The stream stands still from here until it is read, so that no byte passes unseen;
 * call it as soon as the request is there.
 *
 * @param mend what to change, in the framework's own terms, where a parser took the bytes before.
 */
export function fromNodeRequest(request: NodeRequest, mend: string): WebhookRequest {
  holdBody(request);
  return {
    method: request.method ?? "",
    url: request.url,
    // Names are already in lower case here, so no lookup has to normalise them.
    headers: request.headers,
    readBody: (limits) => readNodeBody(request, limits, mend),
  };
}
