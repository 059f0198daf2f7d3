import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { SignedWebhook } from "@latchhook/testing";
import Database from "libsql";
import { describe, expect, it, onTestFinished } from "vitest";
import { appSecrets } from "./apps/app/src/start-app.ts";
import { appSenders } from "./support/app-senders.ts";
import { freePort } from "./support/free-port.ts";

const examples = ["express", "hono", "next"] as const;
const folderOf = (name: string) => fileURLToPath(new URL(`../examples/${name}`, import.meta.url));

interface Manifest {
  readonly scripts: { readonly build: string; readonly start: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

function readManifest(name: string): Manifest {
  return JSON.parse(readFileSync(join(folderOf(name), "package.json"), "utf8")) as Manifest;
}

/** Everything that is not made by an installation or a build. */
function sourcesOf(name: string): readonly string[] {
  return sourceFiles(folderOf(name)).map((file) => readFileSync(file, "utf8"));
}

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return made.has(entry.name) ? [] : sourceFiles(path);
    return entry.name.endsWith(".ts") && !made.has(entry.name) ? [path] : [];
  });
}

const made: ReadonlySet<string> = new Set(["node_modules", "dist", ".next", "next-env.d.ts"]);

describe.each(examples)("examples/%s, copied", (name) => {
  it("has at most 80 lines of code", () => {
    const lines = sourcesOf(name).flatMap((source) => source.trimEnd().split("\n"));
    expect(lines.length).toBeGreaterThan(30);
    expect(lines.length).toBeLessThanOrEqual(80);
  });

  it("needs nothing but published packages", () => {
    const { dependencies, devDependencies } = readManifest(name);
    for (const [dependency, range] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect(range, dependency).toMatch(/^\^\d/);
      if (!dependency.startsWith("@latchhook/")) continue;
      const installed = join(folderOf(name), "node_modules", dependency, "package.json");
      const manifest = JSON.parse(readFileSync(installed, "utf8")) as { readonly private?: boolean };
      expect(manifest.private, `${dependency} is private`).toBeUndefined();
    }
    for (const source of [...sourcesOf(name), readFileSync(join(folderOf(name), "tsconfig.json"), "utf8")]) {
      expect(source).not.toContain("../");
    }
  });
});

/** Runs what a script of the example says, in its folder: `tsc`, `next build`, `node …`, `next start`. */
function commandOf(name: string, script: "build" | "start"): readonly [string, string[]] {
  const [program = "", ...values] = readManifest(name).scripts[script].split(" ");
  if (program === "node") return [process.execPath, values];
  // Without a shell in between, so that signals reach it.
  const path = { tsc: "typescript/bin/tsc", next: "next/dist/bin/next" }[program];
  if (path === undefined) throw new Error(`The ${script} script of examples/${name} runs ${program}.`);
  return [process.execPath, [join("node_modules", path), ...values]];
}

const environment = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NODE_ENV: "production" as const,
  NEXT_TELEMETRY_DISABLED: "1",
};

/** Without the secrets, as a pipeline does. */
async function build(name: string): Promise<void> {
  const [program, values] = commandOf(name, "build");
  try {
    await promisify(execFile)(program, values, { cwd: folderOf(name), env: environment });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`examples/${name} could not be built:\n${stdout}\n${stderr}`);
  }
}

async function start(name: string, database: string): Promise<{ url: string; child: ChildProcess }> {
  const port = await freePort();
  const [program, values] = commandOf(name, "start");
  const child = spawn(program, values, {
    cwd: folderOf(name),
    env: { ...environment, ...appSecrets, PORT: String(port), DATABASE_PATH: database },
    stdio: ["ignore", "ignore", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const url = `http://127.0.0.1:${port}`;
  for (const until = Date.now() + 30_000; Date.now() < until && child.exitCode === null; ) {
    const answered = await fetch(url).catch(() => undefined);
    if (answered !== undefined) return { url, child };
    await sleep(25);
  }
  throw new Error(`examples/${name} did not start.`);
}

const deliveries: readonly (readonly [path: string, signed: SignedWebhook])[] = appSenders.map(
  ({ provider, sign }) => [provider, sign({ jobId: `${provider}_one` })],
);
const rowOfEach = [
  { provider: "ai-stats", job: "ai-stats_one", status: "completed" },
  { provider: "videogen", job: "videogen_one", status: "completed" },
  { provider: "creativeai", job: "creativeai_one", status: "completed" },
];

describe.each(examples)("examples/%s, run", (name) => {
  it("keeps each sender's event once, refuses what is not signed, and ends on SIGTERM", async () => {
    await build(name);
    const folder = await mkdtemp(join(tmpdir(), "latchhook-example-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, "app.db");
    const { url, child } = await start(name, path);
    const send = async (sender: string, signed: RequestInit) => {
      const response = await fetch(`${url}/webhooks/${sender}`, signed);
      return [response.status, await response.json()];
    };
    const rows = () => {
      const database = new Database(path);
      try {
        return database.prepare("SELECT provider, job, status FROM events ORDER BY rowid").all();
      } finally {
        database.close();
      }
    };

    for (const [sender, signed] of deliveries) {
      expect(await send(sender, signed)).toEqual([200, { received: true }]);
    }
    expect(rows()).toEqual(rowOfEach);
    for (const [sender, signed] of deliveries) {
      expect(await send(sender, signed)).toEqual([200, { received: true, duplicate: true }]);
      const forged = { ...signed, body: `${Buffer.from(signed.body).toString()} ` };
      expect(await send(sender, forged)).toEqual([401, { error: "unauthentic" }]);
    }
    expect(rows()).toEqual(rowOfEach);

    const exited = once(child, "exit");
    child.kill("SIGTERM");
    expect((await exited)[0]).toBe(name === "next" ? 143 : 0);
  }, 180_000);
});
