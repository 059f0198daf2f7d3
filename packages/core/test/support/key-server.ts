import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { FetchKeys } from "@latchhook/core/kit";

/** A sender's key server on this machine, and what asks it in place of the sender's. */
export interface KeyServer extends AsyncDisposable {
  /** For a provider's `fetchKeys`: the path of the URL, asked of this server. */
  readonly fetchKeys: FetchKeys;
  /** The paths that were asked for. */
  readonly asked: string[];
  /** Replaces what answers. */
  answerWith(answer: RequestListener | object): void;
}

/** Serves a JSON document, or whatever a listener answers. */
export async function keyServer(first: RequestListener | object): Promise<KeyServer> {
  const asked: string[] = [];
  let answer = first;
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    if (typeof answer === "function") (answer as RequestListener)(request, response);
    else response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    fetchKeys: (url, init) => fetch(`http://127.0.0.1:${port}${new URL(url).pathname}`, init),
    answerWith(next) {
      answer = next;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close").catch(() => {});
    },
  };
}
