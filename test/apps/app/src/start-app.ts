import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { EventRow } from "./event-row.ts";

export type AppName = "express" | "hono" | "next";

/** The apps, for `describe.each`. */
export const appNames: readonly AppName[] = ["express", "hono", "next"];

/** The secrets that apps are started with, and their senders sign with. */
export const appSecrets = {
  AI_STATS_WEBHOOK_SECRET: "whsec_app_ai_stats",
  VIDEOGEN_WEBHOOK_SECRET: `whsec_${Buffer.from("the signing secret of an endpoint").toString("base64")}`,
  CREATIVEAI_API_KEY: "app-creativeai-key",
} as const;

/** What the receiver says of one request, as an app with `LOG_OUTCOMES=1` prints it. */
export interface LoggedOutcome {
  readonly status: number;
  readonly code: string;
  readonly reason?: string;
}

/** An app in a process of its own. */
export interface RunningApp {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly process: ChildProcess;
  readonly processId: number;
  /** What it has printed so far, on both streams. */
  readonly output: string;
  /** `GET /events`. */
  events(): Promise<EventRow[]>;
  /** Resolves with the outcomes of the next `count` requests, or fewer where they do not come. */
  outcomes(count: number): Promise<LoggedOutcome[]>;
  /** Sends SIGTERM. Resolves with the exit code, or null where a signal ended it. */
  stop(): Promise<number | null>;
  /** Sends SIGKILL. Resolves once it is gone. */
  kill(): Promise<void>;
  /** Resolves with the exit code, or null where a signal ended it. */
  exited(): Promise<number | null>;
}

/** What starts an app, in its own folder, and what a build leaves there. */
const commands: Readonly<Record<AppName, { readonly built: string; readonly arguments: readonly string[] }>> =
  {
    express: { built: "dist/main.js", arguments: ["dist/main.js"] },
    hono: { built: "dist/main.js", arguments: ["dist/main.js"] },
    next: {
      built: ".next/BUILD_ID",
      arguments: ["node_modules/next/dist/bin/next", "start", "-H", "127.0.0.1"],
    },
  };

const startMs = 30_000;
const outcomeMs = 15_000;

/**
 * Starts an app as it was built, without a package manager in between, and waits until it answers. However this
 * process ends, the app ends with it.
 *
 * @param environment what to set. Default: a free port, {@link appSecrets}, and SQLite in a folder that is deleted when
 * the app ends. Nothing is inherited but `PATH` and `HOME`. For a restart on the same port set `PORT`.
 * @param nodeArguments for Node.js itself, such as `--import`.
 * @throws Error with what it printed, where it does not start.
 */
export async function startApp(
  name: AppName,
  environment: Readonly<Record<string, string>> = {},
  nodeArguments: readonly string[] = [],
): Promise<RunningApp> {
  const folder = fileURLToPath(new URL(`../../${name}`, import.meta.url));
  const { built, arguments: commandLine } = commands[name];
  if (!existsSync(join(folder, built))) throw new Error(`test/apps/${name} is not built: run pnpm build.`);
  const data = environment.STORE_URL === undefined ? await mkdtemp(join(tmpdir(), "latchhook-app-")) : null;
  const child = spawn(process.execPath, [...nodeArguments, ...commandLine], {
    cwd: folder,
    env: toEnvironment(environment, data),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit") as Promise<[number | null]>;
  if (data !== null) child.once("exit", () => void rm(data, { recursive: true, force: true }));
  killAtExit(child);

  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const outcomes = outcomeReader(child, child.stdout);
  const url = await waitUntilReady(name, child, () => output);
  return {
    url,
    process: child,
    processId: child.pid ?? 0,
    get output() {
      return output;
    },
    async events() {
      const response = await fetch(`${url}/events`);
      if (!response.ok) throw new Error(`GET /events was answered ${response.status}: ${output}`);
      return (await response.json()) as EventRow[];
    },
    outcomes,
    async stop() {
      child.kill("SIGTERM");
      return (await exited)[0];
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    exited: async () => (await exited)[0],
  };
}

function toEnvironment(
  environment: Readonly<Record<string, string>>,
  data: string | null,
): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_ENV: "production",
    PORT: "0",
    ...appSecrets,
    ...(data === null ? {} : { STORE_URL: `sqlite:${join(data, "app.db")}` }),
    ...environment,
  };
}

/** Waits for the line with the address, then for an answer. */
async function waitUntilReady(name: string, child: ChildProcess, output: () => string): Promise<string> {
  const until = Date.now() + startMs;
  while (isAlive(child) && Date.now() < until) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output())?.[0];
    if (url !== undefined && (await isHealthy(url))) return url;
    await sleep(10);
  }
  child.kill("SIGKILL");
  throw new Error(`test/apps/${name} did not start: ${output()}`);
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`)).ok;
  } catch {
    return false;
  }
}

/** Takes outcomes from the lines of JSON that the app prints, each once. */
function outcomeReader(child: ChildProcess, output: Readable): RunningApp["outcomes"] {
  const logged: LoggedOutcome[] = [];
  createInterface(output).on("line", (line) => {
    if (line.startsWith("{")) logged.push(JSON.parse(line) as LoggedOutcome);
  });
  return async (count) => {
    const until = Date.now() + outcomeMs;
    while (logged.length < count && isAlive(child) && Date.now() < until) await sleep(10);
    return logged.splice(0, count);
  };
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

const running = new Set<ChildProcess>();

function killAtExit(child: ChildProcess): void {
  if (running.size === 0) process.on("exit", killRunning);
  running.add(child);
  child.once("exit", () => {
    running.delete(child);
    if (running.size === 0) process.off("exit", killRunning);
  });
}

function killRunning(): void {
  for (const child of running) child.kill("SIGKILL");
}
