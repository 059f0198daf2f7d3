import { once } from "node:events";
import type { Server, ServerOptions, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestApp } from "./test-app.ts";

/**
 * Limits for `createServer`, in milliseconds: slow senders cannot hold connections for long. A whole request may take
 * longer than latchhook's own limit for a body (10 s), so that the answer to a slow body is latchhook's.
 */
export const serverOptions: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
};

/** How long a connection may be silent, also one whose client does not read its answer. Answers are due before. */
const silenceMs = 60_000;

/** A webhook handler: at shutdown it finishes what it has begun. */
export interface Handler {
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1 and prints the address. On SIGTERM, or Ctrl-C, it accepts no more, finishes what is in flight
 * and exits 0.
 */
export async function serve(server: Server, app: TestApp, handlers: readonly Handler[]): Promise<void> {
  const inFlight = trackResponses(server);
  app.watch(server);
  server.setTimeout(silenceMs);
  server.listen(app.port, "127.0.0.1");
  await once(server, "listening");

  const stop = () => void exitAfter(shutDown(server, inFlight, app, handlers));
  process.once("SIGTERM", stop).once("SIGINT", stop);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  app.listensAt(url);
  console.log(`Listening on ${url}`);
}

/** Runs an app's start, and exits 1 with one clear line where it fails. */
export async function run(start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    console.error(`Could not start: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}

interface InFlight {
  /** Resolves once no response is open. */
  ended(): Promise<void>;
}

function trackResponses(server: Server): InFlight {
  const open = new Set<ServerResponse>();
  server.on("request", (_request, response: ServerResponse) => {
    open.add(response);
    response.once("close", () => open.delete(response));
  });
  return {
    async ended() {
      for (const response of open) {
        if (!response.closed) await once(response, "close");
      }
    },
  };
}

async function shutDown(
  server: Server,
  inFlight: InFlight,
  app: TestApp,
  handlers: readonly Handler[],
): Promise<void> {
  const closed = once(server, "close");
  server.close();
  await Promise.all(handlers.map((handler) => handler.close()));
  // Requests whose body was still on its way when the signal came.
  await inFlight.ended();
  server.closeIdleConnections();
  // What is left has sent no request, or only a part of one.
  setTimeout(() => server.closeAllConnections(), 500).unref();
  await closed;
  // A callback may outlive its answer, and its connection.
  await Promise.all(handlers.map((handler) => handler.close()));
  await app.close();
}

async function exitAfter(work: Promise<void>): Promise<void> {
  try {
    await work;
    process.exit(0);
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}
