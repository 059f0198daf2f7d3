import { spawn } from "node:child_process";
import { chown, mkdtemp, rm, stat } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A user that a server runs as. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** A temporary folder of one server. It goes, and the server with it, even when the test run is killed. */
export interface ServerFolder {
  readonly path: string;
  /** Names the process to end when the test run goes, and the signal to end it with; undefined when there is none. */
  guard(processId: number | undefined, signal: NodeJS.Signals): void;
  /** Deletes it. */
  remove(): Promise<void>;
}

const guardScript = fileURLToPath(new URL("guard.mjs", import.meta.url));

/** @param owner who is to own it and must be able to get to it, where that is not who we are. */
export async function openServerFolder(prefix: string, owner?: SystemUser): Promise<ServerFolder> {
  const path = await mkdtemp(join(owner === undefined ? tmpdir() : await findOpenFolder(), prefix));
  if (owner !== undefined) await chown(path, owner.uid, owner.gid);
  // In a session of its own, for what ends the test run may be a signal to the terminal's whole process group.
  const guard = spawn(process.execPath, [guardScript, path], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  guard.on("error", () => {});
  guard.stdin.on("error", () => {});
  guard.unref();
  (guard.stdin as Socket).unref();
  return {
    path,
    guard(processId, signal) {
      guard.stdin.write(processId === undefined ? "\n" : `${processId} ${signal}\n`);
    },
    async remove() {
      await rm(path, { recursive: true, force: true, maxRetries: 20 });
      guard.stdin.end("\n");
    },
  };
}

/** The folder for temporary files, or the system's where `TMPDIR` lies in one that only we may enter. */
async function findOpenFolder(): Promise<string> {
  for (const folder of [tmpdir(), "/tmp", "/var/tmp"]) if (await isOpen(folder)) return folder;
  throw new Error(
    `Other users cannot enter ${tmpdir()}, /tmp or /var/tmp. Set TMPDIR to a folder that they can.`,
  );
}

/** Whether every user may enter a folder, and so those that it is in. */
async function isOpen(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined || (found.mode & 0o001) === 0) return false;
  return dirname(folder) === folder || isOpen(dirname(folder));
}
