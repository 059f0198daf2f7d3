import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import type { TestProject } from "vitest/node";

/**
 * Vitest's global set-up: ends a test run that does not end. The limits of tests and hooks do not hold where a file
 * waits while it is loaded, or blocks its process. A run that watches for changes has no end.
 */
export default function limitRun({ config, vitest }: TestProject): void {
  if (vitest.config.watch) return;
  const minutes = config.env?.LATCHHOOK_FAULTS === "long" ? 60 : 20;
  const killWorkers = watchWorkers();
  setTimeout(() => {
    const waiting = vitest.state
      .getFiles()
      .filter(({ result }) => !["pass", "fail", "skip"].includes(result?.state ?? ""))
      .map(({ filepath }) => `\n  ${filepath}`);
    console.error(`The tests have not ended within ${minutes} minutes. Still waiting:${waiting.join("")}`);
    // Vitest itself would wait for them.
    killWorkers();
    process.exit(1);
  }, minutes * 60_000).unref();
}

/** Notes the processes that run tests, which are started from now on. */
function watchWorkers(): () => void {
  const workers = new Set<ChildProcess>();
  subscribe("child_process", (message) => {
    const { process: worker } = message as { readonly process: ChildProcess };
    workers.add(worker);
    worker.once("exit", () => workers.delete(worker));
  });
  return () => {
    for (const worker of workers) worker.kill("SIGKILL");
  };
}
