import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "libsql";
import { describe, expect, it, vi } from "vitest";
import { type ExampleName, exampleNames, type RunningExample, startExample } from "../support/example-app.ts";
import { retryUntilSettled, withFolder } from "./support/retry.ts";
import { newJobId, type Sender, senders } from "./support/senders.ts";
import { expectAnswer, expectClean } from "./support/table.ts";
import { exchange } from "./support/wire.ts";

/** Holds the write lock of a SQLite file, as a backup or another program may, until it is released. */
function lockDatabase(path: string): () => void {
  const database = new Database(path);
  database.exec("BEGIN IMMEDIATE");
  return () => {
    database.exec("ROLLBACK");
    database.close();
  };
}

const rowsOf = async (example: RunningExample, jobId: string): Promise<number> =>
  (await example.events()).filter((row) => row.jobId === jobId).length;

interface Places {
  readonly example: RunningExample;
  readonly store: string;
  readonly table: string;
}

/** Runs `work` against an example whose store and whose own table are two files, or one. */
async function withPlaces(
  name: ExampleName,
  settings: { readonly shared: boolean; readonly persistDelayMs?: number },
  work: (places: Places) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const [store, table] = [
      join(folder, "store.db"),
      join(folder, settings.shared ? "store.db" : "table.db"),
    ];
    const example = await startExample(name, {
      STORE_URL: `sqlite:${store}`,
      APP_DB: `sqlite:${table}`,
      PERSIST_DELAY_MS: String(settings.persistDelayMs ?? 0),
    });
    await work({ example, store, table });
    expectClean(example);
    await example.kill();
  });
}

// They mostly wait, so all run at once; by default it is five.
vi.setConfig({ maxConcurrency: 12 });

describe.concurrent.each(exampleNames)("H databases: the %s example", (name) => {
  it("H91 a callback that throws → 500, and the next attempt runs at once", () =>
    withPlaces(name, { shared: false }, async ({ example, table }) => {
      const deliveries = senders.map((sender) => {
        const jobId = newJobId();
        return { jobId, request: sender.sign({ jobId }) };
      });
      const unlock = lockDatabase(table);
      for (const { request } of deliveries) expectAnswer(await exchange(example.url, request), "failed");
      unlock();
      for (const { jobId, request } of deliveries) {
        expectAnswer(await exchange(example.url, request), "processed");
        expect(await rowsOf(example, jobId)).toBe(1);
      }
    }));

  it("H83 the store away at the claim → 503, no call; H96 and once it is back, the retry runs", () =>
    withPlaces(name, { shared: false }, async ({ example, store }) => {
      const [jobId, sender] = [newJobId(), senders[0] as Sender];
      const request = sender.sign({ jobId });
      const unlock = lockDatabase(store);
      expectAnswer(await exchange(example.url, request), "unavailable");
      const forged = { ...request, body: request.body.subarray(1) };
      // Nothing that is not authentic asks the store: it is refused at once.
      expectAnswer(await exchange(example.url, forged), "unauthentic");
      expect(await rowsOf(example, jobId)).toBe(0);
      unlock();
      expectAnswer(await exchange(example.url, request), "processed");
      expect(await rowsOf(example, jobId)).toBe(1);
    }));

  it.each([
    { what: "with commit the retry leaves one row", shared: true, rows: 1 },
    { what: "without, the callback runs again", shared: false, rows: 2 },
  ])("H85 the store away at the end → 503; $what", ({ shared, rows }) =>
    withPlaces(name, { shared, persistDelayMs: 600 }, async ({ example, store }) => {
      const [jobId, sender] = [newJobId(), senders[2] as Sender];
      const request = sender.sign({ jobId });
      const answer = exchange(example.url, request);
      await sleep(300);
      const unlock = lockDatabase(store);
      const response = await answer;
      unlock();
      expect(response?.status).toBe(503);
      expectAnswer(await retryUntilSettled(example.url, request), "processed");
      expect(await rowsOf(example, jobId)).toBe(rows);
    }),
  );
});
