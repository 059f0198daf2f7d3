import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { within } from "../../support/within.ts";

/** The secrets that snippets read from their environment. */
export const secrets = {
  AI_STATS_WEBHOOK_SECRET: "whsec_only-for-the-documentation",
  CREATIVEAI_API_KEY: "only-for-the-documentation",
  VIDEOGEN_WEBHOOK_SECRET: "whsec_b25seS1mb3ItdGhlLWRvY3VtZW50YXRpb24=",
};

/** A snippet that runs in a process of its own. */
export interface RunningSnippet {
  readonly url: string;
  /** What it has written so far. */
  readonly output: () => string;
  stop(): Promise<void>;
}

const preload = pathToFileURL(resolve(import.meta.dirname, "listen-anywhere.mjs")).href;

/** Runs a script, and resolves once it listens. */
export async function runScript(
  script: string,
  parameters: readonly string[],
  folder: string,
): Promise<RunningSnippet> {
  const child = fork(script, [...parameters], {
    cwd: folder,
    execArgv: ["--import", preload],
    env: { ...process.env, ...secrets },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const output = collectOutput(child);
  const started = new Promise<number>((listening, fail) => {
    child.once("message", (message) => listening((message as { port: number }).port));
    child.once("exit", (code) =>
      fail(new Error(`The snippet ended with ${code} before it listened:\n${output()}`)),
    );
  });
  const port = await withinStart(child, started, output);
  return { url: `http://127.0.0.1:${port}`, output, stop: () => stop(child) };
}

/** Waits for a process to say that it listens, and ends it where it does not. */
export function withinStart<Value>(
  child: ChildProcess,
  started: Promise<Value>,
  output: () => string,
): Promise<Value> {
  return within(started, 20_000, "The start").catch((error: unknown) => {
    child.kill("SIGKILL");
    throw new Error(`${String(error)}\n${output()}`);
  });
}

/** What a process has written so far. */
export function collectOutput(child: ChildProcess): () => string {
  let output = "";
  child.stdout?.on("data", (chunk) => (output += chunk));
  child.stderr?.on("data", (chunk) => (output += chunk));
  return () => output;
}

/** Ends a process, which has ten seconds for it. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill();
  await within(ended, 10_000, "The end").catch(async () => {
    child.kill("SIGKILL");
    await ended;
  });
}
