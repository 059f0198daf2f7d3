import type { ServerResponse } from "node:http";
import { type Answer, LatchhookError, type WebhookRequest } from "@latchhook/core";
import { fromNodeRequest } from "./from-node-request.ts";
import type { NodeRequest } from "./node-request.ts";
import { sendAnswer } from "./send-answer.ts";

/**
 * Receives one request of `node:http` and writes the answer.
 *
 * @param mend what to change, in the framework's own terms, where a parser took the bytes before.
 * @param receive `receiver.receive`.
 * @throws LatchhookError `invalid-option`, before anything is claimed, where no answer could be written.
 */
export async function receiveNodeRequest(
  request: NodeRequest,
  response: ServerResponse,
  mend: string,
  receive: (request: WebhookRequest) => Promise<Answer>,
): Promise<void> {
  requireWritable(response);
  await sendAnswer(response, await receive(fromNodeRequest(request, mend)), request);
}

function requireWritable(response: ServerResponse): void {
  const methods: readonly unknown[] = [response?.writeHead, response?.write, response?.end];
  if (methods.every((method) => typeof method === "function")) return;
  throw new LatchhookError(
    "invalid-option",
    "The webhook handler was called without a response of node:http that it could write its answer to. " +
      "Pass on the request and the response as the server gave them.",
  );
}
