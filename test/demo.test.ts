import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const main = fileURLToPath(new URL("../demo/dist/main.js", import.meta.url));

it("plays the demo, which holds every promise and leaves nothing behind", async () => {
  expect(existsSync(main), "run pnpm build first").toBe(true);
  const temporary = await mkdtemp(join(tmpdir(), "latchhook-demo-test-"));
  try {
    const startedAt = performance.now();
    const demo = spawn(process.execPath, [main], {
      env: { PATH: process.env.PATH, NODE_ENV: "production", TMPDIR: temporary },
      stdio: ["ignore", "pipe", "inherit"],
      timeout: 45_000,
      killSignal: "SIGKILL",
    });
    let output = "";
    demo.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    const [code] = (await once(demo, "close")) as [number | null];
    expect(output).toMatch(/^Verdict: all 15 promises held, in \d+\.\d s\.$/m);
    expect(output).not.toContain("BROKEN");
    expect(code).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    // Piped, it is plain, and fits a terminal that is not wide.
    expect(output).not.toContain("\u001b");
    expect(output.split("\n").filter((line) => line.length > 100)).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}, 60_000);
