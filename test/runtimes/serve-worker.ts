import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { MiniflareOptions } from "miniflare";

/** A Worker that listens. */
export interface ServedWorker {
  readonly address: URL;
  stop(): Promise<void>;
}

/** Serves a Worker from a process of its own; see `serve-worker.mjs`. What it prints comes out here. */
export async function serveWorker(options: MiniflareOptions): Promise<ServedWorker> {
  const child = fork(fileURLToPath(new URL("serve-worker.mjs", import.meta.url)), { execArgv: [] });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`Miniflare ended with code ${code}.`);
  });
  child.send({ ...options });
  const [address] = await Promise.race([once(child, "message"), ended]);
  return {
    address: new URL(address as string),
    async stop() {
      child.disconnect();
      const killing = setTimeout(() => child.kill("SIGKILL"), 5_000);
      await ended.catch(() => {});
      clearTimeout(killing);
    },
  };
}
