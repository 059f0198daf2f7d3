import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Settings, settingsVariable } from "../app/settings.ts";

/** A process of the app. */
export interface AppProcess {
  readonly url: string;
  readonly id: number;
  /** What it has printed so far, on both streams. */
  readonly output: string;
  /** Whether it is still there; a stopped one is. */
  isAlive(): boolean;
  signal(signal: "SIGSTOP" | "SIGCONT" | "SIGTERM"): void;
  /** Sends SIGKILL, and resolves once it is gone. */
  kill(): Promise<void>;
  /** Resolves with the exit code, or null where a signal ended it. */
  exited(): Promise<number | null>;
}

/** The app, ready to be started any number of times. */
export interface App {
  /** @param nodeArguments for Node.js itself, such as `--import`. */
  start(settings: Settings, ...nodeArguments: readonly string[]): Promise<AppProcess>;
  /** Kills what still runs. */
  close(): Promise<void>;
}

/** Bundles a program of these tests over the packages' sources: Node.js 20 does not run TypeScript. */
export async function bundleProgram(entry: string): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = fileURLToPath(new URL("../../node_modules/.cache/faults/", import.meta.url));
  await mkdir(folder, { recursive: true });
  const path = `${folder}${entry.replaceAll("/", "-")}-${process.pid}-${performance.now()}.mjs`;
  await build({
    entryPoints: [fileURLToPath(new URL(`../${entry}.ts`, import.meta.url))],
    outfile: path,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    conditions: ["@latchhook/source"],
    external: ["libsql", "pg", "redis", "ioredis"],
    logLevel: "error",
  });
  return { path, remove: () => rm(path, { force: true }) };
}

/** Prepares the app of these tests. */
export async function prepareApp(): Promise<App> {
  const { path, remove } = await bundleProgram("app/main");
  const running = new Set<ChildProcess>();
  const killAll = (): void => {
    for (const child of running) child.kill("SIGKILL");
  };
  process.on("exit", killAll);
  return {
    async start(settings, ...nodeArguments) {
      const child = spawn(process.execPath, [...nodeArguments, path], {
        env: { PATH: process.env.PATH, NODE_ENV: "production", [settingsVariable]: JSON.stringify(settings) },
        stdio: ["ignore", "pipe", "pipe"],
      });
      running.add(child);
      child.once("exit", () => running.delete(child));
      return toAppProcess(child);
    },
    async close() {
      killAll();
      process.off("exit", killAll);
      await remove();
    },
  };
}

async function toAppProcess(child: ChildProcess): Promise<AppProcess> {
  const exited = once(child, "exit") as Promise<[number | null]>;
  let output = "";
  const ready = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        const port = /listening on (\d+)/.exec(output)?.[1];
        if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
      });
    }
    exited.then(() => reject(new Error(`The app did not start: ${output}`)), reject);
  });
  const url = await ready;
  return {
    url,
    id: child.pid ?? 0,
    get output() {
      return output;
    },
    isAlive: () => child.exitCode === null && child.signalCode === null,
    signal: (signal) => void child.kill(signal),
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    exited: async () => (await exited)[0],
  };
}
