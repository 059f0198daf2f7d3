import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { AdapterServer } from "./trial.ts";

/** Serves `listener` on a free port of 127.0.0.1; for the `serve` of frameworks that run on `node:http`. */
export async function listen(listener: RequestListener): Promise<AdapterServer> {
  const server = createServer(listener).listen(0, "127.0.0.1");
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
