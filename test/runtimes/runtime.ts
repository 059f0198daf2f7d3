import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findBinary } from "./binary.ts";
import { bundleForProcess } from "./bundle.ts";
import type { SmokeReport } from "./smoke/check.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const script = fileURLToPath(new URL("dist/process.js", import.meta.url));

/** A runtime that the smoke suite runs on in a process of its own. */
export interface ProcessRuntime {
  readonly name: string;
  /** What `--version` must say. */
  readonly version: RegExp;
  /** Which driver the SQLite store must choose. */
  readonly sqliteDriver: string;
  /** What comes before the script. */
  readonly flags: readonly string[];
}

const ownDriver = process.versions.node.startsWith("20.") ? "libsql" : "node:sqlite";

export const processRuntimes: readonly ProcessRuntime[] = [
  { name: "this Node", version: /^v\d/, sqliteDriver: ownDriver, flags: [] },
  { name: "Node 22", version: /^v22\./, sqliteDriver: "node:sqlite", flags: ["--no-warnings"] },
  { name: "Node 24", version: /^v24\./, sqliteDriver: "node:sqlite", flags: ["--no-warnings"] },
  { name: "Bun", version: /^1\./, sqliteDriver: "bun:sqlite", flags: [] },
  {
    name: "Deno",
    version: /^deno 2\./,
    sqliteDriver: "node:sqlite",
    flags: [
      "run",
      "--quiet",
      "--no-remote",
      "--no-lock",
      "--allow-env",
      "--allow-read",
      "--allow-write",
      "--allow-ffi",
    ],
  },
];

/** The binary, or why there is none. */
export function binaryOf({ name }: ProcessRuntime): { readonly path: string } | { readonly missing: string } {
  return name === "this Node" ? { path: process.execPath } : findBinary(name);
}

/** Writes the script where the packages' dependencies resolve as they do for a user. */
export async function writeScript(): Promise<void> {
  const { code } = await bundleForProcess("process.ts");
  await mkdir(new URL("dist", import.meta.url), { recursive: true });
  await writeFile(script, code);
}

/** Runs the smoke suite and returns what it reports. */
export async function runScript(runtime: ProcessRuntime, binary: string): Promise<SmokeReport> {
  const printed = await run(binary, [...runtime.flags, script]);
  return JSON.parse(printed) as SmokeReport;
}

/** What a binary says of its version. */
export function versionOf(binary: string): Promise<string> {
  return run(binary, ["--version"]);
}

async function run(binary: string, commandArguments: readonly string[]): Promise<string> {
  const env = { ...process.env, DENO_NO_UPDATE_CHECK: "1", DO_NOT_TRACK: "1" };
  const { stdout } = await promisify(execFile)(binary, commandArguments, {
    cwd: folder,
    env,
    timeout: 60_000,
  });
  return stdout;
}
