import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobStore } from "@latchhook/jobs";
import { postgresJobs } from "@latchhook/jobs/postgres";
import { sqliteJobs } from "@latchhook/jobs/sqlite";
import pg from "pg";
import { afterAll, beforeAll, describe } from "vitest";
import { createDatabase, describeWithServer, findPostgres } from "../../../../test/support/servers.ts";

/** Opens another handle on the one table that a suite shares, as another process would. */
export type OpenStore = () => Promise<JobStore>;

const postgres = await findPostgres();

/** Describes a suite once per database. Each suite has a database of its own. */
export function describeJobStores(name: string, suite: (open: OpenStore) => void): void {
  describe(`${name} on sqlite`, () => {
    let directory = "";
    const opened: JobStore[] = [];
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), "latchhook-jobs-"));
    });
    afterAll(async () => {
      for (const store of opened) await store.close();
      await rm(directory, { recursive: true, force: true });
    });
    suite(async () => {
      const store = sqliteJobs({ path: join(directory, "jobs.db") });
      opened.push(store);
      return store;
    });
  });

  describeWithServer(`${name} on postgres`, postgres, (serverUrl) => {
    const pools: pg.Pool[] = [];
    let url = "";
    let drop = async (): Promise<void> => {};
    beforeAll(async () => {
      const database = await createDatabase(serverUrl);
      url = database.url;
      drop = database.drop;
    });
    afterAll(async () => {
      await Promise.all(pools.map((pool) => pool.end()));
      await drop();
    });
    suite(async () => {
      const pool = new pg.Pool({ connectionString: url, max: 4 });
      pool.on("error", () => {});
      pools.push(pool);
      const store = postgresJobs({ client: pool });
      await store.migrate();
      return store;
    });
  });
}
