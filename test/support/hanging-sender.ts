import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A sender that creates one job of AI Stats, `G-1`, and never answers what becomes of it. */
export interface HangingSender {
  readonly url: string;
  /** Resolves once it has been asked. */
  readonly asked: Promise<void>;
  close(): void;
}

export async function startHangingSender(): Promise<HangingSender> {
  let note = () => {};
  const asked = new Promise<void>((resolve) => {
    note = resolve;
  });
  const server = createServer((request, response) => {
    if (request.method !== "POST") return note();
    response.writeHead(200, { "content-type": "application/json" }).end('{"id":"G-1","status":"queued"}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
