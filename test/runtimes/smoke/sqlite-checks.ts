import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createReceiver } from "@latchhook/core";
import { aiStats } from "@latchhook/core/providers/ai-stats";
import { sqliteStore } from "@latchhook/stores/sqlite";
import { expectEqual, type SmokeCheck } from "./check.ts";
import { forge, type SignedDelivery, secrets, signAiStats, toRequest } from "./sign.ts";

/** What every runtime with files must pass. */
export const sqliteChecks: readonly SmokeCheck[] = [
  { name: "keeps deliveries and the callback's rows in an SQLite file", run: () => inFolder(checkFile) },
];

/** The drivers that the store can choose, each with the class of its connections. */
const drivers = [
  ["bun:sqlite", "Database"],
  ["node:sqlite", "DatabaseSync"],
  ["libsql", "default"],
] as const;

/** Which driver the store took by itself. */
export function usedSqliteDriver(): Promise<string> {
  return inFolder(async (folder) => {
    const store = sqliteStore({ path: join(folder, "driver.db") });
    const database = await store.database();
    let used = "another";
    for (const [specifier, className] of drivers) {
      const Database = await import(specifier).then(
        (module) => module[className],
        () => undefined,
      );
      if (typeof Database === "function" && database instanceof Database) used = specifier;
    }
    await store.close();
    return used;
  });
}

/** Once processed it stays so, also for the next process on the file. */
async function checkFile(folder: string): Promise<void> {
  const path = join(folder, "deliveries.db");
  const delivery = await signAiStats("job_1");
  expectEqual(await deliver(path, [delivery, delivery, forge(delivery)]), [200, 200, 401]);
  expectEqual(await deliver(path, [delivery]), [200]);
  const store = sqliteStore({ path });
  const database = await store.database();
  const rows = database.prepare("SELECT id FROM videos").all() as { readonly id: string }[];
  expectEqual(
    rows.map(({ id }) => id),
    ["job_1"],
  );
  await store.close();
}

async function deliver(path: string, deliveries: readonly SignedDelivery[]): Promise<number[]> {
  const store = sqliteStore({ path });
  (await store.database()).exec("CREATE TABLE IF NOT EXISTS videos (id TEXT)");
  const receiver = createReceiver({
    provider: aiStats({ secret: secrets.aiStats }),
    store,
    persist: (event, { commit }) =>
      commit((database) => {
        database.prepare("INSERT INTO videos (id) VALUES (?)").run(event.job?.id ?? "none");
      }),
  });
  const statuses: number[] = [];
  for (const delivery of deliveries) statuses.push((await receiver.handle(toRequest(delivery))).status);
  await receiver.close();
  await store.close();
  return statuses;
}

async function inFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "latchhook-smoke-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
