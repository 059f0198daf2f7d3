import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export type ExampleName = "express" | "hono" | "next";

/** The examples, for `describe.each`. */
export const exampleNames: readonly ExampleName[] = ["express", "hono", "next"];

/** The secrets that examples are started with. */
export const exampleSecrets = {
  AI_STATS_WEBHOOK_SECRET: "whsec_example_ai_stats",
  VIDEOGEN_WEBHOOK_SECRET: `whsec_${Buffer.from("the signing secret of an endpoint").toString("base64")}`,
  CREATIVEAI_API_KEY: "example-creativeai-key",
} as const;

/** A row of `GET /events`. */
export interface PersistedEvent {
  readonly provider: string;
  readonly id: string;
  readonly type: string;
  readonly jobId: string | null;
  readonly status: string | null;
  readonly key: string;
  readonly attempt: number;
  readonly persistedAt: string;
}

/** An example app in a process of its own. */
export interface RunningExample {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly process: ChildProcess;
  /** What it has printed so far, on both streams. */
  readonly output: string;
  /** `GET /events`. */
  events(): Promise<PersistedEvent[]>;
  /** Sends SIGTERM. Resolves with the exit code, or null where a signal ended it. */
  stop(): Promise<number | null>;
  /** Sends SIGKILL. */
  kill(): Promise<void>;
}

/** What starts an example, in its own folder, and what a build leaves there. */
const commands: Readonly<
  Record<ExampleName, { readonly built: string; readonly arguments: readonly string[] }>
> = {
  express: { built: "dist/main.js", arguments: ["dist/main.js"] },
  hono: { built: "dist/main.js", arguments: ["dist/main.js"] },
  next: {
    built: ".next/BUILD_ID",
    arguments: ["node_modules/next/dist/bin/next", "start", "-H", "127.0.0.1"],
  },
};

const startMs = 30_000;

/**
 * Starts an example as it was built, without a package manager in between, and waits until it answers.
 *
 * @param environment what to set. Default: a free port, {@link exampleSecrets}, and SQLite in a folder that is deleted
 * when the process ends. Nothing is inherited but `PATH` and `HOME`. For a restart on the same port set `PORT`.
 */
export async function startExample(
  name: ExampleName,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningExample> {
  const folder = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
  const { built, arguments: commandLine } = commands[name];
  if (!existsSync(join(folder, built))) throw new Error(`examples/${name} is not built: run pnpm build.`);
  const data =
    environment.STORE_URL === undefined ? await mkdtemp(join(tmpdir(), "latchhook-example-")) : null;
  const child = spawn(process.execPath, commandLine, {
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
  const url = await waitUntilReady(name, child, () => output);
  return {
    url,
    process: child,
    get output() {
      return output;
    },
    async events() {
      const response = await fetch(`${url}/events`);
      if (!response.ok) throw new Error(`GET /events was answered ${response.status}: ${output}`);
      return (await response.json()) as PersistedEvent[];
    },
    async stop() {
      child.kill("SIGTERM");
      const [code] = await exited;
      return code;
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
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
    ...exampleSecrets,
    ...(data === null ? {} : { STORE_URL: `sqlite:${join(data, "app.db")}` }),
    ...environment,
  };
}

/** Waits for the line with the address, then for an answer. */
async function waitUntilReady(name: string, child: ChildProcess, output: () => string): Promise<string> {
  const until = Date.now() + startMs;
  while (child.exitCode === null && child.signalCode === null && Date.now() < until) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output())?.[0];
    if (url !== undefined && (await isHealthy(url))) return url;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  child.kill("SIGKILL");
  throw new Error(`examples/${name} did not start: ${output()}`);
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`)).ok;
  } catch {
    return false;
  }
}

const running = new Set<ChildProcess>();

/** A test run that is broken off leaves no process behind. */
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
