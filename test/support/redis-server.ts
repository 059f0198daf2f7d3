import { createConnection } from "node:net";
import { freePort } from "./free-port.ts";
import { openServerFolder } from "./server-folder.ts";
import { startServer } from "./server-process.ts";

/** A `redis-server` of the test's own, which it may fill, stop and flush. */
export interface OwnRedis {
  readonly port: number;
  readonly url: string;
  /** Stops the process with SIGKILL and starts it again on the same port, with its data directory as it is. */
  restart(...moreArguments: readonly string[]): Promise<void>;
  /** Stops it and deletes its data. */
  stop(): Promise<void>;
}

/**
 * Starts `redis-server` from the PATH on a free port, without persistence unless `settings` ask for it.
 *
 * @param settings command line settings, such as `"--maxmemory", "2mb"`.
 */
export async function startOwnRedis(...settings: readonly string[]): Promise<OwnRedis> {
  const port = await freePort();
  const folder = await openServerFolder("latchhook-redis-");
  const base = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder.path, "--save", ""];
  const start = (moreSettings: readonly string[]) =>
    startServer({
      name: "redis-server",
      binary: "redis-server",
      parameters: [...base, ...settings, ...moreSettings],
      folder,
      endSignals: [],
      isReady: () => speaksRedis(port),
      limitMs: 20_000,
    });
  let server = await start([]).catch(async (error: unknown) => {
    await folder.remove();
    throw error;
  });
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    async restart(...moreSettings) {
      await server.end();
      server = await start(moreSettings);
    },
    async stop() {
      await server.end();
      await folder.remove();
    },
  };
}

/** Whether a Redis answers a PING; `-NOAUTH` and `-LOADING` are answers too. */
export function speaksRedis(port: number, host = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host, timeout: 1_000 });
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => socket.write("PING\r\n"));
    socket.once("data", (bytes) => finish(/^[+-]/.test(bytes.toString("latin1"))));
    socket.once("error", () => finish(false));
    socket.once("timeout", () => finish(false));
    socket.once("close", () => finish(false));
  });
}
