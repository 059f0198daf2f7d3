import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { AdapterServer, Earlier } from "./trial.ts";

/**
 * Serves `listener` on a free port of 127.0.0.1; for the `serve` of frameworks that run on `node:http`.
 *
 * @param earlier what else listens to the request's stream; see {@link Earlier}.
 */
export async function listen(listener: RequestListener, earlier?: Earlier): Promise<AdapterServer> {
  const server = createServer(beside(listener, earlier)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/webhooks`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function beside(listener: RequestListener, earlier: Earlier | undefined): RequestListener {
  if (earlier !== "listened" && earlier !== "taken") return listener;
  return async function listenBefore(request, response) {
    request.on("data", () => {});
    if (earlier === "taken") await new Promise((resolve) => setTimeout(resolve, 20));
    await listener(request, response);
  };
}
