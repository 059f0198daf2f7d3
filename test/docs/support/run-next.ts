import { execFile, spawn } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { nextTsconfig } from "../../support/next-tsconfig.ts";
import { collectOutput, type RunningSnippet, secrets, stop, withinStart } from "./run-process.ts";
import type { SnippetProject } from "./snippet-project.ts";

const nextCommand = createRequire(import.meta.url).resolve("next/dist/bin/next");

const tsconfig = nextTsconfig({ include: ["**/*.ts"], exclude: ["node_modules", ".next"] });

/** Puts the snippets that belong into a Next.js project into one. Returns its folder. */
export function writeNextProject({ folder }: SnippetProject): string {
  const project = join(folder, "next");
  for (const part of ["app", "pages", "lib", "next.config.ts"]) {
    cpSync(join(folder, "readme", part), join(project, part), { recursive: true });
  }
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify(tsconfig));
  return project;
}

/** Builds a Next.js project, without the secrets, as a pipeline does. */
export async function buildNext(folder: string): Promise<void> {
  const environment = withoutSecrets({ ...process.env, NEXT_TELEMETRY_DISABLED: "1" });
  try {
    await promisify(execFile)(process.execPath, [nextCommand, "build"], {
      cwd: folder,
      env: environment,
      timeout: 150_000,
      killSignal: "SIGKILL",
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`next build failed:\n${stdout}\n${stderr}`);
  }
}

/** Starts a Next.js project that has been built, and resolves once it listens. */
export async function startNext(folder: string): Promise<RunningSnippet> {
  const child = spawn(process.execPath, [nextCommand, "start", "-H", "127.0.0.1", "-p", "0"], {
    cwd: folder,
    env: { ...process.env, ...secrets, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = collectOutput(child);
  const started = new Promise<string>((listening, fail) => {
    child.stdout.on("data", () => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output());
      if (found !== null && output().includes("Ready")) listening(found[0]);
    });
    child.once("exit", (code) => fail(new Error(`next start ended with ${code}:\n${output()}`)));
  });
  const url = await withinStart(child, started, output);
  return { url, output, stop: () => stop(child) };
}

function withoutSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = new Set(Object.keys(secrets));
  const kept = Object.entries(environment).filter(([name]) => !names.has(name));
  // Vitest's own NODE_ENV would make Next.js build for development.
  return { ...Object.fromEntries(kept), NODE_ENV: "production" };
}
