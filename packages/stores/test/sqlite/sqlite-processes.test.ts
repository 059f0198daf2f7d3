import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sqliteStore } from "@latchhook/stores/sqlite";
import { describe, expect, it } from "vitest";
import { temporaryFiles } from "./temporary-file.ts";

const newPath = temporaryFiles();
const long = { owner: "the test", leaseMs: 60_000, retainMs: 60_000 };

describe("one file, several processes", () => {
  it("lets four processes win each of 200 keys once", async () => {
    const path = newPath();
    const workers = Array.from({ length: 4 }, () => startWorker("race", path));
    await Promise.all(workers.map(({ next }) => next()));
    for (const { child } of workers) child.stdin.write("go\n");
    const won = (await Promise.all(workers.map(({ next }) => next()))).flat() as Won[];
    expect(won.map(({ index }) => index).sort((one, other) => one - other)).toEqual([...Array(200).keys()]);
    for (const { attempt, takeover } of won)
      expect({ attempt, takeover }).toEqual({ attempt: 1, takeover: false });
  });

  it("lets sixteen stores create and open a new file at once", async () => {
    const path = newPath();
    const stores = Array.from({ length: 16 }, () => sqliteStore({ path }));
    const results = await Promise.all(
      stores.map((store) => store.claim(keyOf(0), { ...long, owner: store.name })),
    );
    expect(new Set(results.map(({ state }) => state))).toEqual(new Set(["claimed"]));
    await Promise.all(stores.map((store) => store.close()));
  });
});

describe("a process killed with SIGKILL", () => {
  it("leaves every delivery completed that it had completed", async () => {
    const path = newPath();
    const { child, next } = startWorker("completeUntilKilled", path);
    const printed: number[] = [];
    while (printed.length < 50) printed.push((await next()) as number);
    child.kill("SIGKILL");
    await once(child, "exit");
    const store = sqliteStore({ path });
    for (const index of printed)
      expect(await store.claim(keyOf(index), long)).toEqual({ state: "completed" });
    await store.close();
  });

  it("leaves a lease, which is taken over when it ends", async () => {
    const path = newPath();
    const { child, next } = startWorker("claimAndHang", path);
    expect(await next()).toBe("claimed");
    const store = sqliteStore({ path });
    expect(await store.claim(keyOf(0), long)).toMatchObject({ state: "in-flight" });
    child.kill("SIGKILL");
    await sleep(450);
    expect(await store.claim(keyOf(0), long)).toMatchObject({ state: "claimed", attempt: 2, takeover: true });
    await store.close();
  });

  it("leaves nothing of a commit that it died in", async () => {
    const path = newPath();
    const { child } = startWorker("dieInCommit", path);
    const [, signal] = await once(child, "exit");
    expect(signal).toBe("SIGKILL");
    const store = sqliteStore({ path });
    const database = await store.database();
    expect(database.prepare("SELECT text FROM texts").all()).toEqual([]);
    expect(await store.claim(keyOf(0), long)).toMatchObject({ state: "claimed", attempt: 2, takeover: true });
    await store.close();
  });
});

describe("a process that has no SQLite driver", () => {
  it("is told what to install", async () => {
    const { next } = startWorker("useWithoutDriver", newPath());
    const { code, message } = (await next()) as { readonly code: string; readonly message: string };
    expect(code).toBe("store-misconfigured");
    expect(message).toMatch(/npm install libsql/);
  });
});

interface Won {
  readonly index: number;
  readonly attempt: number;
  readonly takeover: boolean;
}

interface Worker {
  readonly child: ChildProcessWithoutNullStreams;
  /** The next value that it prints. */
  readonly next: () => Promise<unknown>;
}

/** Starts a process over the built package: `pnpm build` comes before the tests. */
function startWorker(mode: string, path: string): Worker {
  const child = spawn(process.execPath, [fileURLToPath(new URL("worker.mjs", import.meta.url)), mode, path], {
    timeout: 25_000,
    killSignal: "SIGKILL",
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    async next() {
      const line = await lines.next();
      if (line.done === true) throw new Error(`The worker ended early: ${errors}`);
      return JSON.parse(line.value);
    },
  };
}

function keyOf(index: number): string {
  return createHash("sha256").update(`key ${index}`).digest("hex");
}
