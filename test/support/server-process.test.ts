import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { findNative } from "./postgres-binaries.ts";
import { answersPostgres, startOwnPostgres } from "./postgres-server.ts";
import { speaksRedis } from "./redis-server.ts";
import { openServerFolder } from "./server-folder.ts";
import { startServer } from "./server-process.ts";
import { within } from "./within.ts";

const isRoot = process.getuid?.() === 0;

afterEach(() => vi.unstubAllEnvs());

/** A folder with a space in its name, which only we may enter. */
async function makeClosedFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "latchhook closed "));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o700);
  return folder;
}

describe("PostgreSQL of the tests' own", () => {
  it(`starts from a folder that only we may enter${isRoot ? ", as root" : ""}`, async () => {
    const closed = await makeClosedFolder();
    await cp(findNative(), join(closed, "native"), { recursive: true, verbatimSymlinks: true });
    vi.stubEnv("TMPDIR", closed);
    const server = await startOwnPostgres(join(closed, "native"));
    expect(await answersPostgres(server.url)).toBe(true);
    await server.restart();
    expect(await answersPostgres(server.url)).toBe(true);
    await server.stop();
    expect(await answersPostgres(server.url)).toBe(false);
    expect(await readdir(closed)).toEqual(["native"]);
  }, 60_000);

  it("says what happened where it cannot start", async () => {
    const closed = await makeClosedFolder();
    const start = startOwnPostgres(join(closed, "nowhere"));
    await expect(start).rejects.toThrow("nowhere");
  });
});

describe("a server", () => {
  const slow = [
    "-e",
    "console.error('still thinking'); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)",
  ];

  /** Starts Node.js as a server, which never becomes ready. */
  async function startNever(binary: string, parameters: readonly string[], limitMs: number) {
    const folder = await openServerFolder("latchhook-never-");
    onTestFinished(() => folder.remove());
    const asked = new Set<number>();
    const start = startServer({
      name: "never",
      binary,
      parameters,
      folder,
      endSignals: [["SIGTERM", 200]],
      async isReady(processId) {
        asked.add(processId);
        return false;
      },
      limitMs,
    });
    const message = await start.then(String, (error: Error) => error.message);
    return { message, processId: [...asked][0] ?? 0 };
  }

  it("that is never ready gives an error within its limit, and does not run on", async () => {
    const { message, processId } = await within(startNever(process.execPath, slow, 1_000), 5_000, "It");
    expect(message).toBe("never did not start. It was not ready within 1000 ms. It wrote:\nstill thinking");
    expect(() => process.kill(processId, 0)).toThrow("ESRCH");
  });

  it.each([
    [
      process.execPath,
      ["-e", "console.error('no such port'); process.exit(3)"],
      "It ended with code 3. It wrote:\nno such port",
    ],
    ["/nowhere/server", [], "spawn /nowhere/server ENOENT"],
  ])("%s %j that ends gives an error at once", async (binary, parameters, why) => {
    const { message } = await within(startNever(binary, parameters, 60_000), 10_000, "It");
    expect(message).toContain(`never did not start. ${why}`);
  });

  it("goes with its folder where whoever started it is killed", async () => {
    const folder = await makeClosedFolder();
    const server = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    onTestFinished(() => void server.kill("SIGKILL"));
    const gone = once(server, "exit");
    const starter = `
      const { spawn } = require("node:child_process");
      const [guard, folder, server] = process.argv.slice(1);
      const { stdin } = spawn(process.execPath, [guard, folder], { stdio: ["pipe", "ignore", "ignore"], detached: true });
      stdin.write(server + " SIGTERM\\n", () => console.log("guarded"));
      setInterval(() => {}, 1000);
    `;
    const guard = fileURLToPath(new URL("guard.mjs", import.meta.url));
    const killed = spawn(process.execPath, ["-e", starter, guard, folder, String(server.pid)]);
    await within(once(killed.stdout, "data"), 10_000, "Its start");
    expect(server.exitCode ?? server.signalCode).toBeNull();
    killed.kill("SIGKILL");
    expect(await within(gone, 10_000, "The server's end")).toEqual([null, "SIGTERM"]);
    await expect.poll(() => existsSync(folder), { timeout: 10_000 }).toBe(false);
  });

  it("that closes the connection without a word is no Redis", async () => {
    const listener = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
    onTestFinished(() => void listener.close());
    await once(listener, "listening");
    const address = listener.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(await within(speaksRedis(port), 3_000, "The answer")).toBe(false);
  });
});
