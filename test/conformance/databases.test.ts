import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { WireResponse } from "@latchhook/testing/wire";
import Database from "libsql";
import { describe, expect, it, vi } from "vitest";
import { type AppName, appNames, type RunningApp } from "../apps/app/src/start-app.ts";
import { retryUntilSettled, withApp, withFolder } from "./support/lifecycle.ts";
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

const rowsOf = async (app: RunningApp, jobId: string): Promise<number> =>
  (await app.events()).filter((row) => row.jobId === jobId).length;

interface Places {
  readonly app: RunningApp;
  readonly store: string;
  readonly table: string;
}

/** Runs `work` against an app whose store and whose own table are two files, or one. */
async function withPlaces(
  name: AppName,
  settings: { readonly shared: boolean; readonly persistDelayMs?: number },
  work: (places: Places) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const [store, table] = [
      join(folder, "store.db"),
      join(folder, settings.shared ? "store.db" : "table.db"),
    ];
    const environment = {
      STORE_URL: `sqlite:${store}`,
      APP_DB: `sqlite:${table}`,
      PERSIST_DELAY_MS: String(settings.persistDelayMs ?? 0),
    };
    await withApp(name, environment, async (app) => {
      await work({ app, store, table });
      expectClean(app);
    });
  });
}

// They mostly wait, so all run at once; by default it is five.
vi.setConfig({ maxConcurrency: 12 });

describe.concurrent.each(appNames)("H databases: the %s app", (name) => {
  it("H91 a callback that throws → 500, and the next attempt runs at once", () =>
    withPlaces(name, { shared: false }, async ({ app, table }) => {
      const deliveries = senders.map((sender) => {
        const jobId = newJobId();
        return { jobId, request: sender.sign({ jobId }) };
      });
      const unlock = lockDatabase(table);
      for (const { request } of deliveries) expectAnswer(await exchange(app.url, request), "failed");
      unlock();
      const startedAt = performance.now();
      for (const { jobId, request } of deliveries.toReversed()) {
        expectAnswer(await exchange(app.url, request), "processed");
        expect(await rowsOf(app, jobId)).toBe(1);
      }
      // The last lease began a second before: had it not been given back, this would have had to wait for its end.
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    }));

  it("H83 the store away at the claim → 503, no call; H96 and once it is back, the retry runs", () =>
    withPlaces(name, { shared: false }, async ({ app, store }) => {
      const [jobId, sender] = [newJobId(), senders[0] as Sender];
      const request = sender.sign({ jobId });
      const unlock = lockDatabase(store);
      expectAnswer(await exchange(app.url, request), "unavailable");
      const forged = { ...request, body: request.body.subarray(1) };
      // Nothing that is not authentic asks the store: it is refused at once.
      expectAnswer(await exchange(app.url, forged), "unauthentic");
      expect(await rowsOf(app, jobId)).toBe(0);
      unlock();
      expectAnswer(await exchange(app.url, request), "processed");
      expect(await rowsOf(app, jobId)).toBe(1);
    }));

  it("H85 the store away at the end → 503; with commit there is one row after the retry", () =>
    withLostEnd(name, true, async (answer, rows) => {
      expectAnswer(answer, "processed");
      expect(rows).toBe(1);
    }));

  it("H85 the store away at the end → 503; without commit the callback runs again, unless the mark came late", () =>
    withLostEnd(name, false, async (answer, rows) => {
      // The store may be back for the last of the tries to mark the delivery done, after 503 has been answered.
      if (rows === 1) expectAnswer(answer, "duplicate");
      else expectAnswer(answer, "processed");
      expect(rows).toBeLessThanOrEqual(2);
    }));
});

/** Locks the store while the callback runs, until its request has been answered; then the sender tries again. */
async function withLostEnd(
  name: AppName,
  shared: boolean,
  check: (answer: WireResponse, rows: number) => Promise<void>,
): Promise<void> {
  await withPlaces(name, { shared, persistDelayMs: 1_600 }, async ({ app, store }) => {
    const [jobId, sender] = [newJobId(), senders[2] as Sender];
    const request = sender.sign({ jobId });
    const first = exchange(app.url, request);
    await sleep(800);
    const unlock = lockDatabase(store);
    const response = await first;
    unlock();
    expect(response?.status).toBe(503);
    const answer = await retryUntilSettled(app.url, request);
    await check(answer, await rowsOf(app, jobId));
  });
}
