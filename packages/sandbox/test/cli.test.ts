import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const bin = fileURLToPath(new URL("../bin/latchhook.js", import.meta.url));

/** Runs the built command line; `stop` ends it as a terminal would. */
function latchhook(...argv: readonly string[]) {
  const child = spawn(process.execPath, [bin, ...argv], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 25_000,
    killSignal: "SIGKILL",
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  const exited = once(child, "exit").then(([code]) => code as number | null);
  return { exited, output: () => output, stop: () => child.kill("SIGTERM") };
}

test("prints one line with its address, serves, and exits 0 on SIGTERM", async () => {
  const running = latchhook(
    "sandbox",
    "--port",
    "0",
    "--speed",
    "100",
    "--family",
    "phaseo",
    "--version",
    "2026-08",
    "--drop",
    "all",
  );
  await expect.poll(running.output, { timeout: 10_000 }).toContain("\n");
  const [, url] =
    /^latchhook sandbox listening on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(running.output()) ?? [];
  const settings = await (await fetch(`${url}/_sandbox`)).json();
  expect(settings).toMatchObject({ version: "2026-08" });
  expect(settings).toMatchObject({ speed: 100, headerFamily: "phaseo", faults: { dropAttempts: "all" } });
  running.stop();
  expect(await running.exited).toBe(0);
});

test.each([
  [["nonsense"], 2, "The command is"],
  [["sandbox", "--speed", "fast"], 2, "--speed takes a number"],
  [["sandbox", "--outcome", "exploded"], 2, "life.outcome"],
  [["sandbox", "--unknown"], 2, "--unknown"],
  [["--help"], 0, "Usage: latchhook sandbox"],
] as const)("%j exits %d", async (argv, code, text) => {
  const run = latchhook(...argv);
  expect([await run.exited, run.output()]).toEqual([code, expect.stringContaining(text)]);
});
