import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { PathServer, ServerQuestion, ServerReport } from "./path-servers.ts";

/** A server in a process of its own, on a core of its own where the machine has `taskset`. */
export interface ServerProcess {
  readonly name: PathServer;
  readonly url: string;
  usage(): Promise<ServerReport>;
  /** The same once all garbage is collected, for what its memory weighs. */
  usageAfterCollection(): Promise<ServerReport>;
  stop(): Promise<void>;
}

export const canPin = commandExists("taskset");

/** Moves this process, which makes the load, to core 1; servers go to core 0. */
export function pinClient(): void {
  if (canPin) execFileSync("taskset", ["-a", "-p", "-c", "1", String(process.pid)], { stdio: "ignore" });
}

export async function startServer(name: PathServer): Promise<ServerProcess> {
  const script = fileURLToPath(new URL("./path-servers.js", import.meta.url));
  const command = [process.execPath, "--expose-gc", script, name];
  const [file, ...args] = (canPin ? ["taskset", "-c", "0", ...command] : command) as [string, ...string[]];
  const child = spawn(file, args, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, NODE_ENV: "test" },
  });
  const { port } = await nextReport(child);
  return {
    name,
    url: `http://127.0.0.1:${port}/`,
    usage: () => ask(child, "usage"),
    usageAfterCollection: () => ask(child, "usage after collection"),
    async stop() {
      child.send("stop" satisfies ServerQuestion);
      await once(child, "exit");
    },
  };
}

function ask(child: ChildProcess, question: ServerQuestion): Promise<ServerReport> {
  child.send(question);
  return nextReport(child);
}

async function nextReport(child: ChildProcess): Promise<ServerReport> {
  const [report] = (await once(child, "message")) as [ServerReport];
  return report;
}

function commandExists(command: string): boolean {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
