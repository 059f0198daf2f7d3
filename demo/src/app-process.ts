import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { EventRow } from "@latchhook/example-app";

/** What the receiver says of one request, as the app logs it. */
export interface LoggedOutcome {
  readonly status: number;
  readonly code: string;
  readonly reason?: string;
}

/** The Express example in a process of its own. */
export interface AppProcess {
  readonly url: string;
  readonly processId: number;
  /** Resolves with the outcomes of the next `count` requests. */
  outcomes(count: number): Promise<LoggedOutcome[]>;
  /** What `GET /events` shows. */
  rows(): Promise<EventRow[]>;
  /** Sends SIGTERM. Resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Sends SIGKILL. */
  kill(): Promise<void>;
}

const main = fileURLToPath(new URL("../../examples/express/dist/main.js", import.meta.url));
const patienceMs = 15_000;

/**
 * Starts the example and waits for its address.
 *
 * @throws Error with what it printed, where it does not start.
 */
export async function startApp(environment: Readonly<Record<string, string>>): Promise<AppProcess> {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, NODE_ENV: "production", LOG_OUTCOMES: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  killAtExit(child);
  const exited = once(child, "exit") as Promise<[number | null]>;
  const printed: string[] = [];
  const logged: LoggedOutcome[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on("line", (line) => {
      if (line.startsWith("{")) logged.push(JSON.parse(line) as LoggedOutcome);
      else printed.push(line);
    });
  }
  const url = await waitFor(() => /http:\/\/\S+/.exec(printed.join("\n"))?.[0], child);
  if (url === undefined) throw new Error(`The app did not start: ${printed.join("\n")}`);
  return {
    url,
    processId: child.pid ?? 0,
    async outcomes(count) {
      await waitFor(() => (logged.length >= count ? true : undefined), child);
      return logged.splice(0, count);
    },
    async rows() {
      const response = await fetch(`${url}/events`);
      return (await response.json()) as EventRow[];
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

/** Polls until there is a value, or the process is gone, or patience is over. */
async function waitFor<Value>(
  look: () => Value | undefined,
  child: ChildProcess,
): Promise<Value | undefined> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const value = look();
    if (value !== undefined) return value;
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > until) return undefined;
    await sleep(10);
  }
}

/** However the demo ends, its app ends with it. */
function killAtExit(child: ChildProcess): void {
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  child.once("exit", () => process.off("exit", kill));
}
