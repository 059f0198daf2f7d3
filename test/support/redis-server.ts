import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";

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
  const directory = await mkdtemp(join(tmpdir(), "latchhook-redis-"));
  let child = await start([]);

  async function start(moreSettings: readonly string[]): Promise<ChildProcess> {
    const base = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", ""];
    const server = spawn("redis-server", [...base, ...settings, ...moreSettings], { stdio: "ignore" });
    await Promise.race([answersPing(port), failsToStart(server)]);
    return server;
  }

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    async restart(...moreSettings) {
      await kill();
      child = await start(moreSettings);
    },
    async stop() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function failsToStart(server: ChildProcess): Promise<never> {
  return new Promise((_, reject) => {
    server.once("error", () => reject(new Error("redis-server is not on the PATH.")));
    server.once("exit", (code) => reject(new Error(`redis-server ended with code ${code}.`)));
  });
}

/** Resolves once something speaks Redis on the port, even if only to say that it is loading. */
async function answersPing(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await speaksRedis(port)) return;
    await sleep(25);
  }
  throw new Error(`No Redis answers on port ${port}.`);
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
  });
}
