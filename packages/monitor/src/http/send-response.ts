import type { IncomingMessage, ServerResponse } from "node:http";
import { sendAnswer } from "@latchhook/node";

/** Writes a Fetch response over `node:http`. */
export async function sendResponse(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Response,
): Promise<void> {
  const { status } = answer;
  const headers = new Headers(answer.headers);
  const body = await answer.text();
  if (request.method === "HEAD") {
    response.writeHead(status, Object.fromEntries(headers));
    response.end();
    return;
  }
  for (const cookie of headers.getSetCookie()) response.appendHeader("set-cookie", cookie);
  headers.delete("set-cookie");
  await sendAnswer(response, { status, headers: Object.fromEntries(headers), body }, request);
}
