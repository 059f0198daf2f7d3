import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerFolder, SystemUser } from "./server-folder.ts";
import { within } from "./within.ts";

/** How a server is started. */
export interface ServerCommand {
  /** What it is called in errors. */
  readonly name: string;
  readonly binary: string;
  readonly parameters: readonly string[];
  readonly folder: ServerFolder;
  /** Who runs it, where that is not who we are. */
  readonly user?: SystemUser | undefined;
  /** The signals that end it, each with how long it is given. SIGKILL comes after the last. */
  readonly endSignals: readonly (readonly [signal: NodeJS.Signals, limitMs: number])[];
  /** Whether it serves by now. */
  isReady(processId: number): Promise<boolean>;
  /** How long it may take until it does. */
  readonly limitMs: number;
}

/** A server that serves. */
export interface ServerProcess {
  /** Ends it, by SIGKILL where it must be. Resolves once it is gone. */
  end(): Promise<void>;
}

/**
 * Starts a server, and resolves once it is ready.
 *
 * @throws where it ends before, or is not ready within its limit, with the last that it wrote. Nothing of it runs then.
 */
export async function startServer(command: ServerCommand): Promise<ServerProcess> {
  const { name, folder, limitMs } = command;
  const logPath = join(folder.path, "server.log");
  const child = spawnInto(logPath, command);
  const [firstSignal = "SIGKILL"] = command.endSignals[0] ?? [];
  let failure: Error | undefined;
  child.once("error", (error) => {
    failure = error;
  });
  if (child.pid !== undefined) folder.guard(child.pid, firstSignal);
  const end = async (): Promise<void> => {
    await endProcess(child, command.endSignals);
    folder.guard(undefined, firstSignal);
  };

  const startedAt = performance.now();
  for (;;) {
    // Node.js tells of a failed start in a later turn of the event loop.
    await sleep(25);
    const ended = failure?.message ?? describeEnd(child);
    if (ended === undefined && (await command.isReady(child.pid ?? 0))) return { end };
    if (ended === undefined && performance.now() - startedAt < limitMs) continue;
    await end();
    const why = ended ?? `It was not ready within ${limitMs} ms.`;
    throw new Error(`${name} did not start. ${why}${await lastOf(logPath)}`);
  }
}

/** To a file, for a pipe would hold the event loop, and break when this process goes before the server. */
function spawnInto(logPath: string, { binary, parameters, folder, user }: ServerCommand): ChildProcess {
  const log = openSync(logPath, "w");
  try {
    return spawn(binary, parameters, {
      cwd: folder.path,
      env: { ...process.env, LC_ALL: "C" },
      stdio: ["ignore", log, log],
      ...user,
    });
  } finally {
    closeSync(log);
  }
}

function describeEnd({ exitCode, signalCode }: ChildProcess): string | undefined {
  if (signalCode !== null) return `It was ended by ${signalCode}.`;
  if (exitCode !== null) return `It ended with code ${exitCode}.`;
  return undefined;
}

async function lastOf(logPath: string): Promise<string> {
  const text = (await readFile(logPath, "utf8").catch(() => "")).trim();
  return text === "" ? "" : ` It wrote:\n${text.slice(-4_000)}`;
}

/** Resolves once the process is gone. What a SIGKILL does not end within ten seconds is an error. */
async function endProcess(child: ChildProcess, signals: ServerCommand["endSignals"]): Promise<void> {
  for (const [signal, limitMs] of [...signals, ["SIGKILL", 10_000] as const]) {
    if (child.pid === undefined || describeEnd(child) !== undefined) return;
    const gone = once(child, "exit");
    child.kill(signal);
    const isLast = signal === "SIGKILL";
    await within(gone, limitMs, `The end of process ${child.pid} after ${signal}`).catch((error: unknown) => {
      if (isLast) throw error;
    });
  }
}
